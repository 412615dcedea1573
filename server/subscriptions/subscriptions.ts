/**
 * Who subscribes to which category. A category is a document `category:<key>`; a contact's word about it is a row of table
 * membership, and every change is in the consent ledger. What a word may do is decided by decideConsent alone.
 */
import { lockMembers, type MembershipRow, putMemberships } from '#server/lists/memberships.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { queryOf } from '#server/sync/document-store.ts';
import { categoryId, isCategoryId } from '#shared/consent/category.schema.ts';
import {
  type ConsentSource,
  decideConsent,
  NOTHING_SAID,
  type Refusal,
  type Standing,
} from '#shared/consent/decide.ts';
import { appendToLedger, type Word } from './consent-ledger.ts';

type Queryable = Pick<Database, 'query'>;

export type Category = { id: string; key: string; name: string; description: string };

/** Every category there is, by name. */
export function readCategories(db: Queryable): Promise<Category[]> {
  return db.query<Category>(
    `select id, body ->> 'key' as key, body ->> 'name' as name, coalesce(body ->> 'description', '') as description
       from document where kind = 'category' and not deleted order by lower(body ->> 'name'), id`,
  );
}

export type SubscribeOutcome = {
  /** Contacts' words that changed something. */
  changed: number;
  refused: { contactId: number; categoryId: string; why: Exclude<Refusal, 'unchanged'> }[];
  /** Keys that are no category. */
  unknown: string[];
};

/** Subscribes contacts to categories, named by key or id. Locks the contacts in id order. */
export function subscribe(
  tx: Tx,
  contactIds: readonly number[],
  categories: readonly string[],
  word: Word,
): Promise<SubscribeOutcome> {
  return sayOfCategories(tx, contactIds, categories, 'granted', word);
}

/** Takes contacts out of categories; other mail still goes to them. */
export function leave(
  tx: Tx,
  contactIds: readonly number[],
  categories: readonly string[],
  word: Word,
): Promise<SubscribeOutcome> {
  return sayOfCategories(tx, contactIds, categories, 'withdrawn', word);
}

/** Subscribes to exactly these of all categories: what a form or PUT lists. Others are left only where they were subscribed to. */
export async function setSubscriptions(
  tx: Tx,
  contactId: number,
  categories: readonly string[],
  word: Word,
): Promise<SubscribeOutcome> {
  const wanted = new Set(categories.map(idOf));
  const now = (await subscriptionsOf(queryOf(tx), [contactId])).get(contactId) ?? [];
  const left = now.filter(({ id, state }) => state === 'subscribed' && !wanted.has(id)).map(({ id }) => id);
  const gone = await leave(tx, [contactId], left, word);
  const come = await subscribe(tx, [contactId], categories, word);
  return { ...come, changed: come.changed + gone.changed };
}

const idOf = (keyOrId: string): string => (isCategoryId(keyOrId) ? keyOrId : categoryId(keyOrId));

async function sayOfCategories(
  tx: Tx,
  contactIds: readonly number[],
  categories: readonly string[],
  act: 'granted' | 'withdrawn',
  word: Word,
): Promise<SubscribeOutcome> {
  const known = new Set((await readCategories(queryOf(tx))).map(({ id }) => id));
  const ids = [...new Set(categories.map(idOf).filter((id) => known.has(id)))];
  const outcome: SubscribeOutcome = {
    changed: 0,
    refused: [],
    unknown: categories.filter((category) => !known.has(idOf(category))),
  };
  const members = ids.length === 0 ? [] : await lockMembers(tx, contactIds);
  if (members.length === 0) return outcome;
  const standings = await readStandings(tx, members, ids);
  const rows: MembershipRow[] = [];
  for (const contactId of members) {
    for (const listId of ids) {
      const standing = standings.get(`${contactId} ${listId}`) ?? NOTHING_SAID;
      const { source, at, evidence = null } = word;
      const decision = decideConsent(standing, { act, source, at, evidence });
      if (decision.taken) rows.push({ contactId, listId, state: act === 'granted' ? 'subscribed' : 'unsubscribed' });
      else if (decision.why !== 'unchanged') outcome.refused.push({ contactId, categoryId: listId, why: decision.why });
    }
  }
  const changed = await putMemberships(tx, rows, { at: word.at, source: sourceWords[word.source] });
  await appendToLedger(
    tx,
    changed.map(({ contactId, listId }) => ({ contactId, address: null, purpose: listId, act })),
    word,
  );
  return { ...outcome, changed: changed.length };
}

/** As the contact card says it. */
const sourceWords: Record<ConsentSource, string> = {
  person: 'Own choice',
  form: 'Form',
  app: 'Mobile',
  api: 'API',
  import: 'Import',
  admin: 'App',
  provider: 'Provider',
};

async function readStandings(
  tx: Tx,
  contactIds: readonly number[],
  listIds: readonly string[],
): Promise<Map<string, Standing>> {
  const { rows } = await tx.query<{ contact_id: number; list_id: string; state: string; since: Date }>(
    'select contact_id, list_id, state, since from membership where contact_id = any($1::bigint[]) and list_id = any($2::text[])',
    [contactIds, listIds],
  );
  return new Map(
    rows.map(({ contact_id, list_id, state, since }) => [
      `${contact_id} ${list_id}`,
      { state: state === 'unsubscribed' ? 'withdrawn' : 'granted', since: since.getTime() },
    ]),
  );
}

export type Subscription = Category & { state: 'subscribed' | 'unsubscribed'; since: number; source: string };

/** What each of the contacts said of which category; categories nobody spoke of are left out. */
export async function subscriptionsOf(
  db: Queryable,
  contactIds: readonly number[],
): Promise<Map<number, Subscription[]>> {
  const rows = await db.query<Subscription & { contactId: number }>(
    `select m.contact_id as "contactId", d.id, d.body ->> 'key' as key, d.body ->> 'name' as name,
       coalesce(d.body ->> 'description', '') as description, m.state,
       (extract(epoch from m.since) * 1000)::bigint as since, m.source
     from membership m join document d on d.id = m.list_id and d.kind = 'category' and not d.deleted
     where m.contact_id = any($1::bigint[]) order by lower(d.body ->> 'name'), d.id`,
    [contactIds],
  );
  const found = new Map<number, Subscription[]>();
  for (const { contactId, ...one } of rows) found.set(contactId, [...(found.get(contactId) ?? []), one]);
  return found;
}
