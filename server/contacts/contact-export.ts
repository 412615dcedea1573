/** Everything about one contact as one moment has it: for the person who asks what is kept of them. */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { queryOf } from '#server/sync/document-store.ts';
import type { ContactExport } from '#shared/contact/contact-export.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { fieldPath } from '#shared/contact/field.schema.ts';
import { storedField, textOfStored } from '#shared/contact/field-value.ts';
import { identifiers as identifierSpecs, isKnownKind } from '#shared/contact/identifiers.ts';
import { tagOfListId } from '#shared/contact/tag.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { readCards } from './contact-identity.ts';
import { readFieldSpecs } from './field-specs.ts';

type Row = Record<string, unknown>;
/** Instants as ISO text. */
const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export function exportContact({ db, now }: Pick<Deps, 'db' | 'now'>, contactId: number): Promise<ContactExport> {
  return db.tx(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const cards = await readCards(tx, contactId);
    const rows = async (text: string): Promise<Row[]> => (await tx.query<Row>(text, [cards])).rows;
    const [card] = (await tx.query<Row & { fields: Row }>('select * from contact where id = $1', [cards[0]])).rows;
    if (!card) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
    const memberships = await rows(
      `select m.list_id as id, d.body ->> 'name' as name, d.kind, m.state, ${iso('m.since')} as since, m.source
         from membership m left join document d on d.id = m.list_id
        where m.contact_id = any($1::bigint[]) order by m.since, m.list_id`,
    );
    return {
      format: 'muster-contact',
      version: 1,
      exportedAt: new Date(now()).toISOString(),
      contact: {
        id: cards[0],
        mergedCards: cards.slice(1),
        ...Object.fromEntries(contactFieldKeys.map((key) => [key, plain(card[contactFields[key].column])])),
        updatedAt: plain(card.updated_at),
        deletedAt: plain(card.deleted_at),
      },
      additionalFields: await additionalFields(tx, card.fields),
      identifiers: await readIdentifiers(rows),
      tags: memberships.flatMap(({ id }) => tagOfListId(String(id)) ?? []),
      lists: memberships.filter(({ id, kind }) => kind !== 'category' && tagOfListId(String(id)) === null),
      subscriptions: memberships.filter(({ kind }) => kind === 'category'),
      segments: await rows(
        `select s.segment_id as id, d.body ->> 'name' as name, ${iso('s.since')} as since
           from segment_member s join document d on d.id = s.segment_id and not d.deleted
          where s.contact_id = ($1::bigint[])[1] order by lower(d.body ->> 'name'), s.segment_id`,
      ),
      consent: await rows(
        `select ${iso('at')} as at, channel, address, purpose, act, source, text_version as "textVersion", evidence, reason
           from consent where contact_id = any($1::bigint[]) order by at, id`,
      ),
      suppressedAddresses: await rows(
        `select distinct s.channel, s.address, s.reason, ${iso('s.created_at')} as since from suppression s
           join identifier i on i.kind = s.channel and i.value = s.address and i.contact_id = any($1::bigint[])
          order by s.address`,
      ),
      events: await rows(
        `select ${iso('e.at')} as at, t.key as type, e.key_value as "keyValue", e.params, e.source
           from event e join event_type t on t.id = e.type_id
          where e.contact_id = any($1::bigint[]) order by e.at, e.row_id`,
      ),
      orders: await readOrders(rows),
      deliveries: await readDeliveries(rows),
      merges: await rows(
        `select survivor, merged, cause, by_kind as "byKind", ${iso('at')} as at, filled, ${iso('undone_at')} as "undoneAt"
           from contact_merge where survivor = any($1::bigint[]) or merged = any($1::bigint[]) order by at, id`,
      ),
      edits: await rows(
        `select body ->> 'field' as field, body ->> 'from' as "from", body ->> 'to' as "to",
                ${iso(`to_timestamp((body ->> 'at')::double precision / 1000)`)} as at
           from document where kind = 'contact-edit' and not deleted
            and (body ->> 'contactId')::bigint = any($1::bigint[]) order by rev`,
      ),
    };
  });
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));

/** By the names that people and shops give them, values as text. */
async function additionalFields(tx: Tx, stored: Row): Promise<Row> {
  const named: Row = {};
  for (const spec of (await readFieldSpecs(queryOf(tx))).values()) {
    const value = textOfStored(spec.type, storedField(stored[spec.id]));
    if (value !== null) named[fieldPath(spec)] = { name: spec.label, value };
  }
  return named;
}

type Ask = (text: string) => Promise<Row[]>;

/** What leads to the contact, or did before it was deleted. */
async function readIdentifiers(rows: Ask): Promise<Row[]> {
  const found = await rows(
    `select kind, value, contact_id as "contactId", ${iso('since')} as since, source from (
       select kind, value, contact_id, since, source from identifier where contact_id = any($1::bigint[])
       union all
       select kind, value, contact_id, since, source from deleted_identifier where contact_id = any($1::bigint[])) i
      order by kind, value`,
  );
  return found.map((one) => {
    const kind = String(one.kind);
    return { name: isKnownKind(kind) ? identifierSpecs[kind].label : kind, ...one };
  });
}

async function readOrders(rows: Ask): Promise<Row[]> {
  return rows(
    `select o.external_order_id as "externalOrderId", ${iso('o.at')} as at, o.status, o.currency, o.source,
            o.gross::float8 / 10000 as gross, o.returns::float8 / 10000 as returns, o.extra,
            (select coalesce(json_agg(json_build_object('externalItemId', l.external_item_id, 'name', l.name,
                      'category', l.category, 'quantity', l.quantity::float8 / 1000, 'price', l.price::float8 / 10000,
                      'amount', l.amount::float8 / 10000) order by l.line_no), '[]')
               from order_line l where l.contact_id = o.contact_id and l.order_row_id = o.row_id) as lines
       from orders o where o.contact_id = any($1::bigint[]) order by o.at, o.row_id`,
  );
}

async function readDeliveries(rows: Ask): Promise<Row[]> {
  return rows(
    `select d.campaign_id as "campaignId", c.body ->> 'name' as campaign, d.address, d.state, d.reason,
            ${iso('d.created_at')} as "createdAt", ${iso('d.sent_at')} as "sentAt",
            (select coalesce(json_agg(json_build_object('at', ${iso('a.at')}, 'kind', a.kind, 'url', a.url)
                      order by a.at, a.id), '[]')
               from delivery_activity a where a.contact_id = d.contact_id and a.row_id = d.row_id) as activity
       from delivery d left join document c on c.id = d.campaign_id
      where d.contact_id = any($1::bigint[]) order by d.created_at, d.row_id`,
  );
}
