/** Merging two cards because a person says so, seen beforehand and taken back afterwards. */
import { claimOf } from '#server/identity/contact-claim.ts';
import { ContactIndex } from '#server/identity/contact-index.ts';
import type { ContactRecord } from '#server/identity/contact-record.ts';
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { loadContacts } from '#server/identity/load-contacts.ts';
import { storeContacts } from '#server/identity/store-contacts.ts';
import { keepApart, undoMerge } from '#server/identity/undo-merge.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { Caller, ContactPort } from '#shared/api/ports.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import type { MergeInfo, MergePreview } from '#shared/contact/duplicate.schema.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { isBefore } from '#shared/contact/resolve-identity.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type Summarised, summaryOf } from './card-summary.ts';

type Pair = { survivor: ContactRecord; merged: ContactRecord; index: ContactIndex; identifiers: Identifier[] };
type Asked = { contactId: number; otherId: number };

/** Locks both cards with everything that leads to them, and tells which of them stays. */
async function lockPair(tx: Tx, { contactId, otherId }: Asked): Promise<Pair> {
  const ids = [contactId, otherId];
  const { rows: identifiers } = await tx.query<Identifier>(
    'select kind, value from identifier where contact_id = any($1::bigint[]) order by kind, value, contact_id',
    [ids],
  );
  await lockBuckets(tx, identifiers);
  const index = new ContactIndex();
  await loadContacts(
    tx,
    index,
    ids.map((id) => claimOf({ contactId: id, values: {} })),
  );
  const [one, other] = ids.map((id) => index.records.get(id));
  if (!one || !other) throw new UserError('not_found', 'One of these contacts does not exist any more.');
  if (one === other) throw new UserError('conflict', 'These contacts were merged already.');
  const [survivor, merged] = isBefore(one, other) ? [one, other] : [other, one];
  return { survivor, merged, index, identifiers };
}

async function mergePair(
  tx: Tx,
  asked: Asked,
  options: { now: number; by: string },
): Promise<{ mergeId: number; survivor: number }> {
  const { survivor, merged, index } = await lockPair(tx, asked);
  index.merge(survivor, merged, null);
  const stored = await storeContacts(tx, index, new Set([survivor, merged]), { source: 'App', ...options });
  return { mergeId: must(stored.merged[0], 'the merge was stored').mergeId, survivor: survivor.id };
}

async function previewPair(tx: Tx, asked: Asked): Promise<MergePreview> {
  const { survivor, merged, index, identifiers } = await lockPair(tx, asked);
  const before = { ...survivor.values };
  index.merge(survivor, merged, null);
  const { rows } = await tx.query<Summarised<'survivor' | 'merged'> & MergePreview['history']>(
    `select ${summaryOf('s')} as survivor, ${summaryOf('m')} as merged,
       (select count(*) from event where contact_id in (select $2::bigint union select id from contact_alias where survivor = $2)) as events,
       (select count(*) from orders where contact_id in (select $2::bigint union select id from contact_alias where survivor = $2)) as orders,
       (select count(*) from delivery where contact_id in (select $2::bigint union select id from contact_alias where survivor = $2)) as messages
     from contact s, contact m where s.id = $1 and m.id = $2`,
    [survivor.id, merged.id],
  );
  const { events, orders, messages, ...cards } = must(rows[0], 'both cards were just locked');
  const fields = writableContactFields.flatMap((field): MergePreview['fields'] => {
    const theirs = merged.values[field];
    return theirs === null
      ? []
      : [{ field, survivor: before[field], merged: theirs, result: survivor.values[field] ?? theirs }];
  });
  const seen = new Map(identifiers.map((identifier) => [`${identifier.kind}:${identifier.value}`, identifier]));
  const twoExternalIds = before.externalCustomerId !== null && merged.values.externalCustomerId !== null;
  return { ...cards, fields, identifiers: [...seen.values()], history: { events, orders, messages }, twoExternalIds };
}

async function listMerges(db: Deps['db'], contactId: number): Promise<MergeInfo[]> {
  const rows = await db.query<Omit<MergeInfo, 'at' | 'undoneAt'> & { at: Date; undone_at: Date | null }>(
    `select g.id, g.survivor, ${summaryOf('m')} as merged, g.cause, g.by_kind as "byKind", u.name as "byName", g.at, g.undone_at
       from contact_merge g join contact m on m.id = g.merged left join "user" u on u.id = g.by_user
      where g.survivor = $1 or g.survivor in (select id from contact_alias where survivor = $1)
      order by g.id desc limit 100`,
    [contactId],
  );
  return rows.map(({ at, undone_at, ...row }) => ({
    ...row,
    at: at.getTime(),
    undoneAt: undone_at?.getTime() ?? null,
  }));
}

export function createMergePort({
  db,
  now,
  wake,
}: Pick<Deps, 'db' | 'now' | 'wake'>): Pick<
  ContactPort,
  'previewMerge' | 'merge' | 'merges' | 'undoMerge' | 'keepApart'
> {
  const by = (caller: Caller) => ({ now: now(), by: caller.userId });
  const changing = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const answer = await db.tx(work);
    wake.notify('dirty');
    return answer;
  };
  return {
    previewMerge: (_caller, asked) => db.tx((tx) => previewPair(tx, asked)),
    merge: (caller, asked) => changing((tx) => mergePair(tx, asked, by(caller))),
    merges: (_caller, contactId) => listMerges(db, contactId),
    undoMerge: (caller, mergeId) => changing((tx) => undoMerge(tx, mergeId, by(caller))),
    keepApart: (_caller, asked) =>
      changing(async (tx) => {
        const { survivor, merged } = await lockPair(tx, asked);
        await keepApart(tx, survivor.id, merged.id);
      }),
  };
}
