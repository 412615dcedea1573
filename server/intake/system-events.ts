/** Raises what Muster itself knows to have happened as events of contacts (src-shared/event/system-events.ts). */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import type { ConsentAct, ConsentSource } from '#shared/consent/decide.ts';
import { tagOfListId } from '#shared/contact/tag.schema.ts';
import { eventTypeId } from '#shared/event/event-type.schema.ts';
import { isKept } from '#shared/event/system-events.ts';
import { insertEvents, type NewEvent } from './insert-events.ts';

const SOURCE = 'Muster';

/** Asking for a confirmation is no change yet. */
const consentTypes: Readonly<Record<ConsentAct, string | null>> = {
  granted: 'muster.subscribed',
  unconfirmed: null,
  withdrawn: 'muster.unsubscribed',
  complained: 'muster.complained',
  bounced: 'muster.bounced',
};

type Said = { contactId: number; purpose: string; act: ConsentAct; at?: number };

/** What was said about mail. What a file says is history: it was said elsewhere, and the ledger has it. */
export async function raiseConsent(
  tx: Tx,
  said: readonly Said[],
  word: { source: ConsentSource; at: number },
): Promise<void> {
  if (word.source === 'import') return;
  const events = said.flatMap(({ contactId, purpose, act, at }): NewEvent[] => {
    const type = consentTypes[act];
    if (contactId === 0 || type === null) return [];
    const params = {
      purpose: isCategoryId(purpose) ? purpose.slice(purpose.indexOf(':') + 1) : purpose,
      source: word.source,
    };
    return [{ owner: contactId, type, at: at ?? word.at, keyValue: String(contactId), params, source: SOURCE }];
  });
  await insertEvents(tx, events);
}

/** `by`: the kind of identifier that showed it; null for a person's own judgement. */
export type RaisedMerge = { mergeId: number; survivor: number; merged: number; cause: string; by: string | null };

const keyOfMerge = (mergeId: number): string => `merge:${mergeId}`;

export async function raiseMerges(tx: Tx, merges: readonly RaisedMerge[], at: number): Promise<void> {
  await insertEvents(
    tx,
    merges.map(({ mergeId, survivor, merged, cause, by }) => ({
      owner: survivor,
      type: 'muster.merged',
      at,
      keyValue: keyOfMerge(mergeId),
      params: { mergedId: merged, cause, ...(by === null ? {} : { by }) },
      source: SOURCE,
    })),
  );
}

/** A merge that is undone has not happened: whoever counts merges does not count it. */
export async function takeBackMerge(tx: Tx, survivor: number, mergeId: number): Promise<void> {
  const { rows } = await tx.query<{ row_id: number }>(
    `delete from event where contact_id = $1 and key_value = $2
        and type_id = (select id from event_type where key = 'muster.merged') returning row_id`,
    [survivor, keyOfMerge(mergeId)],
  );
  await markDirty(
    tx,
    'event',
    rows.map(({ row_id }) => row_id),
  );
}

/** Which of these types are stored now; see the switches of the catalogue. */
export async function readKept(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string; kept: boolean | null }>(
    `select id, (body -> 'kept')::text::boolean as kept from document
      where id = any($1::text[]) and not deleted and jsonb_typeof(body -> 'kept') = 'boolean'`,
    [keys.map(eventTypeId)],
  );
  const said = new Map(rows.map(({ id, kept }) => [id, kept ?? undefined]));
  return new Set(keys.filter((key) => isKept(key, said.get(eventTypeId(key)))));
}

/** Something that happened to a contact, as a type of the catalogue says it. */
export type Raised = { contactId: number; params: Readonly<Record<string, unknown>> };

/** Stores events of one type that is kept. */
export async function raise(tx: Tx, type: string, raised: readonly Raised[], at: number): Promise<void> {
  await insertEvents(
    tx,
    raised.map(({ contactId, params }) => ({
      ...{ owner: contactId, type, at, keyValue: String(contactId), params, source: SOURCE },
    })),
  );
}

export type ListChange = { contactId: number; listId: string };

/** Lists that people made; what is said of categories and tags is another thing. */
const isList = ({ listId }: ListChange): boolean => !isCategoryId(listId) && tagOfListId(listId) === null;

/** `names`: of lists that are made in the same transaction. */
export async function raiseLists(
  tx: Tx,
  type: 'muster.addedToList' | 'muster.takenOutOfList',
  changes: readonly ListChange[],
  { at, source, names }: { at: number; source: string; names?: ReadonlyMap<string, string> },
): Promise<void> {
  const ofLists = changes.filter(isList);
  if (ofLists.length === 0 || !(await readKept(tx, [type])).has(type)) return;
  const ids = [...new Set(ofLists.map(({ listId }) => listId))];
  const known = new Map([...(await readNames(tx, ids)), ...(names ?? [])]);
  const raised = ofLists.map(({ contactId, listId }) => ({
    contactId,
    params: { name: known.get(listId) ?? '', list: listId, by: source },
  }));
  await raise(tx, type, raised, at);
}

/** What documents are called. */
export async function readNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; name: string | null }>(
    `select id, coalesce(body ->> 'name', body ->> 'label') as name from document where id = any($1::text[])`,
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name ?? '']));
}
