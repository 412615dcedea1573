/**
 * Lists: contacts put together one by one, by a file, a form or the API. A list is a `list` document; a category's protected
 * list is the category itself, read here and never written: who is in it is said by subscribing and leaving.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#server/storage/database.ts';
import { queryOf, writeDocument } from '#server/sync/document-store.ts';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { deleteMemberships, lockMembers, type MembershipDeed, putMemberships } from './memberships.ts';

type Queryable = Pick<Database, 'query'>;

/** Any fixed number: lists are made by name one at a time. */
const LIST_LOCK = 77_213_010;

export type ListInfo = {
  id: string;
  name: string;
  /** category: a protected list; it cannot be renamed, deleted or written to as a list. */
  kind: 'list' | 'category';
  contacts: number;
};

/** Every list, by name. `name`: those whose name holds it. */
export function readLists(db: Queryable, filter: { name?: string; ids?: readonly string[] } = {}): Promise<ListInfo[]> {
  return db.query<ListInfo>(
    `select d.id, d.body ->> 'name' as name, d.kind, (
       select count(*)::int from membership m join contact c on c.id = m.contact_id and c.deleted_at is null
        where m.list_id = d.id and m.state <> 'unsubscribed') as contacts
     from document d
     where d.kind in ('list', 'category') and not d.deleted
       and ($1::text is null or strpos(lower(d.body ->> 'name'), $1) > 0)
       and ($2::text[] is null or d.id = any($2))
     order by lower(d.body ->> 'name'), d.id`,
    [filter.name === undefined ? null : fold(filter.name), filter.ids ?? null],
  );
}

const MAX_NAME = 120;

/** The name of a list as it is stored; apps name lists as they like. Cut by characters: half of one cannot be stored. */
const listName = (given: string): string => [...storableText(given).trim()].slice(0, MAX_NAME).join('').trim();
/** Names are the same whatever their case. */
const sameName = (given: string): string => fold(listName(given));

/** Ids of lists named by id or by name (folded; of several of one name the oldest); categories are left out. */
async function findLists(db: Queryable, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>(
    `select id, body ->> 'name' as name from document where kind = 'list' and not deleted order by id desc`,
  );
  const known = new Map(rows.map(({ id, name }) => [sameName(name), id]));
  const ids = new Set(rows.map(({ id }) => id));
  const found = new Map<string, string>();
  for (const name of names) {
    const id = ids.has(name) ? name : known.get(sameName(name));
    if (id !== undefined) found.set(name, id);
  }
  return found;
}

export type AddOptions = {
  /** Makes lists that nobody has made yet. */
  create?: boolean;
  /** What put them there, for people to read: API, Import, Form, Workflow, a member's name. */
  source: string;
  now: number;
};

/**
 * Puts contacts into lists named by id or name. Answers how many memberships are new, and names that are no list (those
 * of categories too: people subscribe to them). Locks the contacts, and the feed's counter when it makes a list: call it
 * once in a transaction, late.
 */
export async function addToLists(
  tx: Tx,
  contactIds: readonly number[],
  lists: readonly string[],
  { create = false, source, now }: AddOptions,
): Promise<{ added: number; unknown: string[] }> {
  const wanted = [...new Set(lists.filter((name) => name.trim() !== ''))];
  const members = await lockMembers(tx, contactIds);
  const query = queryOf(tx);
  let found = await findLists(query, wanted);
  const missing = (): string[] => wanted.filter((name) => !found.has(name));
  const fresh = new Map<string, { id: string; name: string }>();
  if (create && missing().some((name) => !isCategoryId(name))) {
    await tx.query('select pg_advisory_xact_lock($1)', [LIST_LOCK]);
    found = await findLists(query, wanted);
    for (const name of missing()) {
      if (isCategoryId(name)) continue;
      const made = fresh.get(sameName(name)) ?? { id: uuidv7({ msecs: now }), name: listName(name) };
      fresh.set(sameName(name), made);
      found.set(name, made.id);
    }
  }
  const ids = [...new Set(found.values())];
  const rows = members.flatMap((contactId) => ids.map((listId) => ({ contactId, listId, state: 'member' as const })));
  const names = new Map([...fresh.values()].map(({ id, name }) => [id, name]));
  const added = await putMemberships(tx, rows, { at: now, source, names });
  for (const { id, name } of fresh.values()) {
    await writeDocument(tx, 'list', id, { name, description: '', createdAt: now });
  }
  return { added: added.length, unknown: missing() };
}

/** Takes contacts out of lists named by id or name; answers how many memberships ended and names that are no list. */
export async function removeFromLists(
  tx: Tx,
  contactIds: readonly number[],
  lists: readonly string[],
  deed: MembershipDeed,
): Promise<{ removed: number; unknown: string[] }> {
  const found = await findLists(queryOf(tx), lists);
  const members = await lockMembers(tx, contactIds);
  const removed = await deleteMemberships(tx, members, [...new Set(found.values())], deed);
  return { removed, unknown: lists.filter((name) => !found.has(name)) };
}

/** A page of a list's contacts by id, or of a category's subscribers; `total` is of the whole list. */
export async function contactsOfList(
  db: Queryable,
  listId: string,
  page: { offset: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  const members = `from membership m join contact c on c.id = m.contact_id and c.deleted_at is null
     where m.list_id = $1 and m.state <> 'unsubscribed'`;
  const [count] = await db.query<{ total: number }>(`select count(*)::int as total ${members}`, [listId]);
  const rows = await db.query<{ id: number }>(
    `select m.contact_id as id ${members} order by m.contact_id offset $2 limit $3`,
    [listId, page.offset, page.limit],
  );
  return { ids: rows.map(({ id }) => id), total: count?.total ?? 0 };
}

export type ContactList = { id: string; name: string; kind: 'list' | 'category'; since: number; source: string };

/** The lists each of the contacts is in, categories it subscribes to among them, by name. */
export async function listsOf(db: Queryable, contactIds: readonly number[]): Promise<Map<number, ContactList[]>> {
  const rows = await db.query<ContactList & { contactId: number }>(
    `select m.contact_id as "contactId", d.id, d.body ->> 'name' as name, d.kind,
       (extract(epoch from m.since) * 1000)::bigint as since, m.source
     from membership m join document d on d.id = m.list_id and not d.deleted
     where m.contact_id = any($1::bigint[]) and m.state <> 'unsubscribed'
     order by lower(d.body ->> 'name'), d.id`,
    [contactIds],
  );
  const found = new Map<number, ContactList[]>();
  for (const { contactId, ...list } of rows) found.set(contactId, [...(found.get(contactId) ?? []), list]);
  return found;
}
