/**
 * Rows of table membership: who is in a list, who subscribed to or left a category. Contacts are locked before their rows,
 * in id order, so that writers of one contact's rows come one after another.
 */
import { type ListChange, raiseLists } from '#server/intake/system-events.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';

export type MembershipState = 'member' | 'subscribed' | 'unsubscribed';
export type MembershipRow = { contactId: number; listId: string; state: MembershipState };
/** When, and what did it, for people to read. `names`: of lists that the same transaction makes. */
export type MembershipDeed = { at: number; source: string; names?: ReadonlyMap<string, string> };

/** Those of the contacts that are there, locked, in id order. */
export async function lockMembers(tx: Tx, contactIds: readonly number[]): Promise<number[]> {
  if (contactIds.length === 0) return [];
  const { rows } = await tx.query<{ id: number }>(
    'select id from contact where id = any($1::bigint[]) and deleted_at is null order by id for update',
    [contactIds],
  );
  return rows.map(({ id }) => id);
}

/** Writes rows of locked contacts; those that say so already stay as they are. Answers what changed. */
export async function putMemberships(
  tx: Tx,
  rows: readonly MembershipRow[],
  deed: MembershipDeed,
): Promise<MembershipRow[]> {
  if (rows.length === 0) return [];
  const { at, source } = deed;
  const { rows: changed } = await tx.query<MembershipRow & { rowId: number }>(
    `insert into membership as m (contact_id, list_id, row_id, state, since, source)
     select contact_id, list_id, nextval('membership_row_seq'), state, $4, $5
       from unnest($1::bigint[], $2::text[], $3::text[]) as r (contact_id, list_id, state)
      where not exists (select 1 from membership k where k.contact_id = r.contact_id
                          and k.list_id = r.list_id collate "C" and k.state = r.state)
     on conflict (contact_id, list_id) do update set state = excluded.state, since = excluded.since, source = excluded.source
       where m.state <> excluded.state
     returning contact_id as "contactId", list_id as "listId", state, row_id as "rowId"`,
    [
      rows.map(({ contactId }) => contactId),
      rows.map(({ listId }) => listId),
      rows.map(({ state }) => state),
      new Date(at),
      source,
    ],
  );
  await markDirty(
    tx,
    'membership',
    changed.map(({ rowId }) => rowId),
  );
  await raiseLists(
    tx,
    'muster.addedToList',
    changed.filter(({ state }) => state === 'member'),
    deed,
  );
  return changed.map(({ contactId, listId, state }) => ({ contactId, listId, state }));
}

/** Takes contacts out of lists. Answers how many rows went. */
export async function deleteMemberships(
  tx: Tx,
  contactIds: readonly number[],
  listIds: readonly string[],
  deed: MembershipDeed,
): Promise<number> {
  const { rows } = await tx.query<ListChange & { rowId: number }>(
    `delete from membership where contact_id = any($1::bigint[]) and list_id = any($2::text[])
     returning row_id as "rowId", contact_id as "contactId", list_id as "listId"`,
    [contactIds, listIds],
  );
  await markDirty(
    tx,
    'membership',
    rows.map(({ rowId }) => rowId),
  );
  await raiseLists(tx, 'muster.takenOutOfList', rows, deed);
  return rows.length;
}

/** Puts locked contacts back into a list as they were in it. */
export async function restoreMemberships(
  tx: Tx,
  listId: string,
  members: readonly { contactId: number; since: number; source: string }[],
  deed: MembershipDeed,
): Promise<void> {
  const { rows } = await tx.query<ListChange & { rowId: number }>(
    `insert into membership (contact_id, list_id, row_id, state, since, source)
     select contact_id, $1, nextval('membership_row_seq'), 'member', since, source
       from unnest($2::bigint[], $3::timestamptz[], $4::text[]) as r (contact_id, since, source)
     on conflict (contact_id, list_id) do nothing
     returning row_id as "rowId", contact_id as "contactId", list_id as "listId"`,
    [
      listId,
      members.map(({ contactId }) => contactId),
      members.map(({ since }) => new Date(since)),
      members.map(({ source }) => source),
    ],
  );
  await markDirty(
    tx,
    'membership',
    rows.map(({ rowId }) => rowId),
  );
  await raiseLists(tx, 'muster.addedToList', rows, deed);
}

/** SQL: whether a contact subscribes to one of the categories, a JSON array of ids; an empty one asks for nothing. */
export function isSubscribed(contactId: string, categories: string): string {
  return `(${categories} = '[]' or exists (
    select 1 from membership sub where sub.contact_id = ${contactId} and sub.state = 'subscribed'
      and sub.list_id in (select jsonb_array_elements_text(${categories}) collate "C")))`;
}

/** Erasing a contact: its rows; answers their keys, for whoever publishes the change. */
export async function eraseMemberships(tx: Tx, contactId: number): Promise<number[]> {
  const { rows } = await tx.query<{ rowId: number }>(
    'delete from membership where contact_id = $1 returning row_id as "rowId"',
    [contactId],
  );
  return rows.map(({ rowId }) => rowId);
}
