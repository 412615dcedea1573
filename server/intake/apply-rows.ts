/** Writes a batch of intake rows: contacts, then events and orders, in the caller's transaction. */
import { type ContactWrite, isIdentified, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import {
  type AppliedContact,
  applyLists,
  applySubscriptions,
  eventsOfNew,
  findByField,
  noteSessionItems,
} from './contact-extras.ts';
import { applyEventTypes } from './event-type-rules.ts';
import { insertEvents } from './insert-events.ts';
import type { IntakePayload } from './intake-row.ts';
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

/** `region`: see MUSTER_DEFAULT_REGION. */
export async function applyRows(
  tx: Tx,
  rows: readonly IntakePayload[],
  now: number,
  region: string | null = null,
): Promise<void> {
  const given = await applyEventTypes(tx, rows, { now, region });
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
  const orders: OrderRow[] = [];
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
    if (row.kind === 'order') orders.push({ ...row.body, owner });
  }
  await insertEvents(tx, [...events, ...eventsOfNew(contacts, now)]);
  await handOver(tx, known);
  await insertEvents(tx, await applyOrderRows(tx, orders, now));
  await noteSessionItems(tx, items);
  await applySubscriptions(tx, contacts, now);
  await applyLists(tx, contacts, now);
}
