/** Writes a batch of intake rows: contacts, then events and orders, in the caller's transaction. */
import { type ContactWrite, isIdentified, writeContacts } from '#server/identity/write-contacts.ts';
import { applyOrders } from '#server/orders/apply-orders.ts';
import { groupOrders, reuseOrderStage, stagedLineCells, stagedLineColumns } from '#server/orders/order-stage.ts';
import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import type { IntakePayload } from './intake-row.ts';

type EventRow = Extract<IntakePayload, { kind: 'event' }>['body'] & { owner: number };
type OrderRow = Extract<IntakePayload, { kind: 'order' }>['body'] & { owner: number };

function contactWrite({ kind, body }: IntakePayload): ContactWrite | null {
  const values: ContactValues = body.values;
  const identifiers = body.identifiers ?? [];
  const contactId = kind === 'order' ? undefined : (body.contactId ?? undefined);
  if (contactId === undefined && identifiers.length === 0 && !isIdentified(values)) return null;
  const person = { contactId, values, identifiers, fields: body.fields ?? undefined };
  if (kind !== 'contact') return { ...person, source: kind === 'event' ? 'Event' : 'Order' };
  const { source, matchOn, restoreDeleted, freshAct } = body;
  return {
    ...person,
    source,
    matchOn: matchOn ?? undefined,
    restoreDeleted: restoreDeleted ?? undefined,
    freshAct: freshAct ?? undefined,
  };
}

export async function applyRows(tx: Tx, rows: readonly IntakePayload[], now: number): Promise<void> {
  const writes = rows.map(contactWrite);
  const { ids } = await writeContacts(
    tx,
    writes.filter((write) => write !== null),
    { source: 'API', now },
  );
  const events: EventRow[] = [];
  const orders = new Map<string, OrderRow>();
  let next = 0;
  for (const [at, row] of rows.entries()) {
    const owner = writes[at] ? (ids[next++] ?? 0) : 0;
    if (row.kind === 'event') events.push({ ...row.body, owner });
    // The last word about an order counts.
    if (row.kind === 'order') orders.set(row.body.externalOrderId, { ...row.body, owner });
  }
  await insertEvents(tx, events);
  await insertOrders(tx, [...orders.values()], now);
}

/** Ids of event types; unknown ones are made. */
export async function eventTypeIds(tx: Tx, keys: readonly string[]): Promise<Map<string, number>> {
  const wanted = [...new Set(keys)].sort();
  await tx.query(
    'insert into event_type (key) select unnest($1::text[]) except select key from event_type on conflict do nothing',
    [wanted],
  );
  const { rows } = await tx.query<{ id: number; key: string }>(
    'select id, key from event_type where key = any($1::text[])',
    [wanted],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}

export type NewEvent = {
  owner: number;
  type: string;
  at: number;
  keyValue: string | null;
  params: unknown;
  source: string;
};

/** Appends events of contacts (0: of nobody known) and marks them dirty. */
export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const types = await eventTypeIds(
    tx,
    events.map(({ type }) => type),
  );
  const { rows } = await tx.query<{ row_id: number }>(
    `insert into event (contact_id, row_id, at, type_id, key_value, params, source)
     select contact_id, nextval('event_row_seq'), at, type_id, key_value, params::jsonb, source
       from unnest($1::bigint[], $2::timestamptz[], $3::int[], $4::text[], $5::text[], $6::text[]) with ordinality
            as e (contact_id, at, type_id, key_value, params, source, n) order by n
     returning row_id`,
    [
      events.map(({ owner }) => owner),
      events.map(({ at }) => new Date(at).toISOString()),
      events.map(({ type }) => types.get(type)),
      events.map(({ keyValue }) => keyValue),
      events.map(({ params }) => storableJson(params)),
      events.map(({ source }) => source),
    ],
  );
  await markDirty(
    tx,
    'event',
    rows.map(({ row_id }) => row_id),
  );
}

async function insertOrders(tx: Tx, orders: readonly OrderRow[], now: number): Promise<void> {
  if (orders.length === 0) return;
  await reuseOrderStage(tx);
  const { rows } = await tx.query<{ currency: string }>('select currency from workspace where id = 1');
  let line = 0;
  const cells = orders.flatMap((order) =>
    order.lines.map((item, at) => {
      line += 1;
      return stagedLineCells(
        {
          line,
          externalOrderId: order.externalOrderId,
          at: order.at,
          customer: null,
          item: item.item,
          name: item.name,
          category: item.category,
          quantity: item.quantity,
          price: item.price,
          status: order.status,
          currency: order.currency,
          credit: false,
          extra: item.extra && storableJson(item.extra),
          orderExtra: at === 0 ? storableJson(order.extra) : null,
        },
        new Date(order.at).toISOString(),
      );
    }),
  );
  await copyRows(tx, `order_stage_line (${stagedLineColumns})`, cells);
  const count = await groupOrders(tx, { currency: rows[0]?.currency ?? 'GBP', status: 'DELIVERED' });
  const known = orders.filter(({ owner }) => owner !== 0);
  await tx.query(
    `update order_stage s set contact_id = o.owner from unnest($1::text[], $2::bigint[]) as o (id, owner) where s.external_order_id = o.id`,
    [known.map(({ externalOrderId }) => externalOrderId), known.map(({ owner }) => owner)],
  );
  await applyOrders(tx, { from: 1, to: count, source: 'API', now });
}
