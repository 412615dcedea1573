/** Raises what Muster itself knows to have happened as events of contacts (src-shared/event/system-events.ts). */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import type { ConsentAct, ConsentSource } from '#shared/consent/decide.ts';
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
