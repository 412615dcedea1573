/** Writes a batch of intake rows: contacts, then events and orders, in the caller's transaction. */
import { type ContactWrite, isIdentified, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import { type AppliedContact, applyLists, eventsOfNew, findByField, noteSessionItems } from './contact-extras.ts';
import { applyEventTypes } from './event-type-rules.ts';
import type { IntakePayload, NewEvent } from './intake-row.ts';
import { applyOrderRows, type OrderRow } from './order-rows.ts';
import { handOver, isOnlyVisitor, visitorKey } from './visitors.ts';

type EventRow = Extract<IntakePayload, { kind: 'event' }>['body'] & { owner: number };

function contactWrite({ kind, body }: IntakePayload): ContactWrite | null {
  const values: ContactValues = body.values;
  const identifiers = body.identifiers ?? [];
  const contactId = kind === 'order' ? undefined : (body.contactId ?? undefined);
  if (contactId === undefined && identifiers.length === 0 && !isIdentified(values)) return null;
  const onlyFill = body.onlyFill ?? undefined;
  const person = { contactId, values, identifiers, fields: body.fields ?? undefined, onlyFill };
  if (kind === 'event') {
    const isAnonymous = !isIdentified(values) && isOnlyVisitor(identifiers);
    return { ...person, source: 'Event', onlyKnown: isAnonymous };
  }
  if (kind === 'order') return { ...person, source: 'Order' };
  const { source, matchOn, restoreDeleted, freshAct } = body;
  return {
    ...person,
    source,
    matchOn: matchOn ?? undefined,
    restoreDeleted: restoreDeleted ?? undefined,
    freshAct: freshAct ?? undefined,
  };
}

/** Whose an item of a session is that was done without a contact. 0 would say that it was not done. */
const NOBODY = -1;

/** Of who was erased nothing is kept: an order stays for its amounts, an event does not. */
function withoutErased(row: IntakePayload): IntakePayload | null {
  if (row.kind === 'event') return null;
  if (row.kind === 'contact') return row;
  const lines = row.body.lines.map((line) => ({ ...line, extra: null }));
  return { kind: 'order', body: { ...row.body, values: {}, identifiers: null, extra: {}, lines } };
}

export async function applyRows(tx: Tx, rows: readonly IntakePayload[], now: number): Promise<void> {
  const given = await applyEventTypes(tx, rows, now);
  const writes = given.map(contactWrite);
  await findByField(tx, given, writes);
  const { ids, outcomes, refused } = await writeContacts(
    tx,
    writes.filter((write) => write !== null),
    { source: 'API', now },
  );
  const isErased = new Set(refused);
  const events: EventRow[] = [];
  const known: { owner: number; identifiers: IntakePayload['body']['identifiers'] }[] = [];
  const orders = new Map<string, OrderRow>();
  const contacts: AppliedContact[] = [];
  const items: Parameters<typeof noteSessionItems>[1][number][] = [];
  let next = 0;
  for (const [at, one] of given.entries()) {
    const place = writes[at] ? next++ : -1;
    const owner = ids[place] ?? 0;
    const row = isErased.has(place) ? withoutErased(one) : one;
    if (row === null) continue;
    known.push({ owner, identifiers: row.body.identifiers });
    if (row.kind === 'event') {
      const keyValue = owner === 0 ? (visitorKey(row.body.identifiers) ?? row.body.keyValue) : row.body.keyValue;
      events.push({ ...row.body, owner, keyValue });
    }
    if (row.kind === 'contact') contacts.push({ row: row.body, owner, isNew: outcomes.get(owner) === 'created' });
    if (row.kind !== 'event')
      items.push({ session: row.body.session, owner: owner || (row.kind === 'order' ? NOBODY : 0) });
    // The last word about an order counts.
    if (row.kind === 'order') orders.set(row.body.externalOrderId, { ...row.body, owner });
  }
  await insertEvents(tx, [...events, ...eventsOfNew(contacts, now)]);
  await handOver(tx, known);
  await insertEvents(tx, await applyOrderRows(tx, [...orders.values()], now));
  await noteSessionItems(tx, items);
  await applyLists(tx, contacts, now);
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
