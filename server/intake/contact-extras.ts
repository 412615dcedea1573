/** What a contact of a bulk request brings along besides its values, applied in the transaction that writes it. */
import type { ContactWrite } from '#server/identity/write-contacts.ts';
import { addToLists, removeFromLists } from '#server/lists/lists.ts';
import { lockMembers } from '#server/lists/memberships.ts';
import type { Tx } from '#server/storage/database.ts';
import { subscribe } from '#server/subscriptions/subscriptions.ts';
import { refusalWords } from '#shared/consent/decide.ts';
import { insertEvents, type NewEvent } from './insert-events.ts';
import type { IntakePayload } from './intake-row.ts';

type ContactRow = Extract<IntakePayload, { kind: 'contact' }>['body'];
/** `isNew`: the batch made this contact. */
export type AppliedContact = { row: ContactRow; owner: number; isNew: boolean };

/** Gives writes the contact whose additional field has the value they name; of several the oldest. */
export async function findByField(
  tx: Tx,
  rows: readonly IntakePayload[],
  writes: readonly (ContactWrite | null)[],
): Promise<void> {
  const wanted = new Map<string, Set<string>>();
  for (const { kind, body } of rows) {
    if (kind !== 'contact' || !body.byField) continue;
    const values = wanted.get(body.byField.id) ?? new Set();
    wanted.set(body.byField.id, values.add(body.byField.value));
  }
  for (const [field, values] of wanted) {
    const { rows: found } = await tx.query<{ id: number; value: string }>(
      `select min(id) as id, fields ->> $1 as value from contact
        where fields ->> $1 = any($2::text[]) and deleted_at is null group by 2`,
      [field, [...values]],
    );
    const ids = new Map(found.map(({ id, value }) => [value, id]));
    for (const [at, { kind, body }] of rows.entries()) {
      const write = writes[at];
      if (kind === 'contact' && body.byField?.id === field && write) write.contactId = ids.get(body.byField.value);
    }
  }
}

/** One event for each contact the batch made, of the type the row that made it asks for. */
export function eventsOfNew(contacts: readonly AppliedContact[], now: number): NewEvent[] {
  const events = new Map<number, NewEvent>();
  for (const { row, owner, isNew } of contacts) {
    if (!row.eventForNew || !isNew || events.has(owner)) continue;
    const { externalCustomerId, email, phone } = row.values;
    const who = Object.entries({ contactId: owner, externalCustomerId, email, phone }).filter(([, value]) => value);
    const params = Object.fromEntries(who);
    events.set(owner, { owner, type: row.eventForNew, at: now, keyValue: String(owner), params, source: 'API' });
  }
  return [...events.values()];
}

/** For importstatus: which contact each item of a bulk request became, or whose order it is. */
export async function noteSessionItems(
  tx: Tx,
  applied: readonly { session?: ContactRow['session']; owner: number }[],
): Promise<void> {
  const items = applied.flatMap(({ session, owner }) => (session ? [{ ...session, owner }] : []));
  if (items.length === 0) return;
  await tx.query(
    `insert into api_session_item (session_id, item, contact_id)
     select * from unnest($1::text[], $2::int[], $3::bigint[]) on conflict do nothing`,
    [items.map(({ id }) => id), items.map(({ item }) => item), items.map(({ owner }) => owner)],
  );
}

/**
 * Subscribes to what people chose in an app. What is no category, and what the ledger does not take, is kept in an event:
 * the app has its answer already.
 */
export async function applySubscriptions(tx: Tx, contacts: readonly AppliedContact[], now: number): Promise<void> {
  const chosen = contacts.flatMap(({ row: { subscriptions, onlyFill }, owner }) =>
    subscriptions && !onlyFill && owner !== 0 ? [{ owner, ...subscriptions }] : [],
  );
  if (chosen.length === 0) return;
  await lockMembers(
    tx,
    chosen.map(({ owner }) => owner),
  );
  const events: NewEvent[] = [];
  for (const { owner, keys, at } of chosen) {
    const { unknown, refused } = await subscribe(tx, [owner], keys, { source: 'app', at });
    const ignored = [
      ...unknown.map((key) => ({ key, reason: 'There is no such category.' })),
      ...refused.map(({ categoryId, why }) => ({
        key: categoryId.slice(categoryId.indexOf(':') + 1),
        reason: refusalWords[why],
      })),
    ];
    if (ignored.length === 0) continue;
    const params = { ignored: { subscriptionKeys: ignored } };
    events.push({ owner, type: 'userUpdated', at: now, keyValue: String(owner), params, source: 'Mobile' });
  }
  await insertEvents(tx, events);
}

/** Rows of one request name the same lists: they are put in and taken out together. */
export async function applyLists(tx: Tx, contacts: readonly AppliedContact[], now: number): Promise<void> {
  const groups = new Map<string, { lists: NonNullable<ContactRow['lists']>; owners: number[] }>();
  for (const { row, owner } of contacts) {
    if (!row.lists || row.onlyFill || owner === 0) continue;
    const key = JSON.stringify(row.lists);
    const group = groups.get(key) ?? { lists: row.lists, owners: [] };
    group.owners.push(owner);
    groups.set(key, group);
  }
  for (const { lists, owners } of groups.values()) {
    if (lists.remove.length > 0) await removeFromLists(tx, owners, lists.remove, { at: now, source: 'API' });
    if (lists.add.length > 0) await addToLists(tx, owners, lists.add, { create: true, source: 'API', now });
  }
}
