/**
 * The newest events, and those that arrived since. “Since” is told by the version at which an event's change was numbered
 * (VER-1): row ids are handed out in blocks and would skip what another session stored.
 */
import type { Database } from '#server/storage/database.ts';
import { can, type Role } from '#shared/account/roles.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import { identifierKinds } from '#shared/contact/identifiers.ts';
import type { LatestEvents, LatestEventsInput, LiveEvent } from '#shared/event/live-event.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { fold } from '#shared/kernel/fold.ts';

const MOST_EVENTS = 200;
/** A search that finds no contact looks through so many of the newest events. */
const SEARCHED = 20_000;
/** Who was away for longer begins anew. */
const MOST_CHANGES = 5_000;
/** Of one event's parameters as JSON. */
const LONGEST_PARAMS = 4_000;

type Queryable = Pick<Database, 'query'>;
type Name = Pick<
  Parameters<typeof contactName>[0],
  'email' | 'phone' | 'externalCustomerId' | 'firstName' | 'lastName'
>;
type Row = Omit<LiveEvent, 'name' | 'cut'> & Name & { length: number };

const COLUMNS = 'contact_id, row_id, at, type_id, source, params';
const OF_TYPE = '($1::text is null or type_id = (select id from event_type where key = $1))';

export async function latestEvents(db: Queryable, role: Role, input: LatestEventsInput): Promise<LatestEvents> {
  const personal = can(role, 'readPersonal');
  const text = input.text === '' ? null : input.text;
  // Asking for a value of one's own choosing would read it out letter by letter.
  if (text !== null && !personal) {
    throw new UserError('forbidden', 'Your role does not see what events say, so it cannot search in it.', 'text');
  }
  // Read first: what is numbered up to here is stored, what comes later is asked for next time.
  const [counter] = await db.query<{ version: number }>('select version from feed_counter where id = 1');
  const version = counter?.version ?? 0;
  const rows = await find(db, { ...input, text }, version);
  const found = rows.slice(0, MOST_EVENTS);
  return {
    events: found.map((row) => shown(row, personal)),
    version,
    more: rows.length > MOST_EVENTS,
    searched: text !== null && input.after === null ? SEARCHED : null,
  };
}

async function find(db: Queryable, { after, type, text }: LatestEventsInput, version: number): Promise<Row[]> {
  const ids = text === null ? [] : await contactsMeant(db, text);
  if (after !== null) {
    const changes = `select key from column_change where tbl = 'event' and version > $4 and version <= $5 order by version desc limit ${MOST_CHANGES}`;
    const arrived = `select ${COLUMNS} from event where ${OF_TYPE} and row_id in (${changes})`;
    return select(db, arrived, [type, text, ids, after, version]);
  }
  if (text === null) return select(db, newest(type, MOST_EVENTS + 1), [type, text, []]);
  const theirs = `select ${COLUMNS} from event where ${OF_TYPE} and contact_id = any($3::bigint[]) order by at desc limit ${MOST_EVENTS + 1}`;
  return select(db, `(${theirs}) union (${newest(type, SEARCHED)})`, [type, text, ids]);
}

async function contactsMeant(db: Queryable, text: string): Promise<number[]> {
  const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
  const rows = await db.query<{ id: number }>(CONTACTS_MEANT, [identifierKinds, [text, fold(text)], number]);
  return rows.map(({ id }) => id);
}

/** By the index that fits. */
const newest = (type: string | null, limit: number): string =>
  `select ${COLUMNS} from event where ${OF_TYPE} order by ${type === null ? 'row_id' : 'at'} desc limit ${limit}`;

/** Contacts that an address, a phone, an External ID or a number means, with the cards that were merged into them. */
const CONTACTS_MEANT = `
  with meant as (
    select contact_id as id from identifier where kind = any($1::text[]) and value = any($2::text[])
    union select id from contact where id = $3::bigint and deleted_at is null limit 50)
  select id from meant union select a.id from contact_alias a join meant on a.survivor = meant.id`;

/**
 * $1 type, $2 text, $3 contacts that the text means; what follows is the source's own. A text is also looked for in the
 * parameters, whatever its case: lower() is enough where a person looks.
 */
function select(db: Queryable, source: string, values: readonly unknown[]): Promise<Row[]> {
  return db.query<Row>(
    `select e.row_id as "rowId", (extract(epoch from e.at) * 1000)::bigint as at, t.key as type, e.source,
       coalesce(a.survivor, e.contact_id) as "contactId", length(e.params::text) as length,
       left(e.params::text, ${LONGEST_PARAMS}) as params, c.email, c.phone,
       c.external_customer_id as "externalCustomerId", c.first_name as "firstName", c.last_name as "lastName"
     from (${source}) as e join event_type t on t.id = e.type_id
       left join contact_alias a on a.id = e.contact_id
       left join contact c on c.id = coalesce(a.survivor, e.contact_id)
     where ($1::text is null or t.key = $1)
       and ($2::text is null or e.contact_id = any($3::bigint[]) or strpos(lower(e.params::text), lower($2)) > 0)
     order by e.at desc, e.row_id desc limit ${MOST_EVENTS + 1}`,
    [...values],
  );
}

function shown({ length, ...row }: Row, personal: boolean): LiveEvent {
  const { rowId, at, type, source, contactId, params } = row;
  return {
    ...{ rowId, at, type, source, contactId },
    name: contactId !== 0 && personal ? contactName({ ...row, id: contactId }) : null,
    params: personal ? params : null,
    cut: personal && length > LONGEST_PARAMS,
  };
}
