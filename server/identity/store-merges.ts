/**
 * Merging rewrites no history: the merged card stays as it was, hidden, with an alias that says whose its history is now.
 * The audit row holds what is needed to take the merge back.
 */
import { raiseMerges } from '#server/intake/system-events.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { must } from '#shared/kernel/assert.ts';
import { type PendingMerge, survivorOf } from './contact-index.ts';
import { identifiersOf } from './contact-record.ts';
import { mergeMemberships, mergeSegments } from './merge-memberships.ts';

export type StoredMerge = { survivor: number; merged: number; mergeId: number };

/** `by`: the person who decided it; absent where identifiers showed it. */
export async function storeMerges(
  tx: Tx,
  merges: readonly PendingMerge[],
  options: { now: number; by?: string },
): Promise<StoredMerge[]> {
  const stored: StoredMerge[] = [];
  for (const merge of merges) {
    const mergeId = await storeMerge(tx, merge, options);
    stored.push({ survivor: survivorOf(merge.survivor).id, merged: merge.merged.id, mergeId });
  }
  const cause = options.by ? 'person' : 'automatic';
  const raised = stored.map((merge, at) => ({ ...merge, cause, by: merges[at]?.by ?? null }));
  await raiseMerges(tx, raised, options.now);
  return stored;
}

/** The survivor has these by now, but only from the merged card. */
const filledIdentifiers = ({ survivor, filled }: PendingMerge): string[] =>
  identifiersOf(survivor.values)
    .filter(({ kind }) => Object.hasOwn(filled, kind))
    .map(({ kind, value }) => `${kind}:${value}`);

async function storeMerge(tx: Tx, merge: PendingMerge, { now, by }: { now: number; by?: string }): Promise<number> {
  const pair = [merge.survivor.id, merge.merged.id];
  const { rows } = await tx.query<{ id: number }>(
    `insert into contact_merge (survivor, merged, cause, by_kind, by_user, at, filled, filled_fields, identifiers, via)
     select s.id, m.id, $3, $4, $5, $6, $7::jsonb,
       coalesce((select jsonb_object_agg(key, value) from jsonb_each(m.fields) where not s.fields ? key), '{}'),
       coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value, 'since', i.since, 'source', i.source,
           'had', (i.kind || ':' || i.value) <> all($8::text[])
              and exists (select 1 from identifier h where h.kind = i.kind and h.value = i.value and h.contact_id = s.id))
           order by i.kind, i.value) from identifier i where i.contact_id = m.id), '[]'),
       coalesce((select jsonb_agg(a.id order by a.id) from contact_alias a where a.survivor = m.id), '[]')
     from contact s, contact m where s.id = $1 and m.id = $2 returning id`,
    [
      ...pair,
      by ? 'person' : 'automatic',
      merge.by,
      by ?? null,
      new Date(now),
      JSON.stringify(merge.filled),
      filledIdentifiers(merge),
    ],
  );
  await tx.query(
    `update contact s set fields = m.fields || s.fields,
            fields_fold = (m.fields_fold - array(select jsonb_object_keys(s.fields))) || s.fields_fold, updated_at = $3
       from contact m where s.id = $1 and m.id = $2 and m.fields <> '{}'`,
    [...pair, new Date(now)],
  );
  await tx.query('update contact set deleted_at = $2, updated_at = $2 where id = $1', [merge.merged.id, new Date(now)]);
  await tx.query(
    `update identifier i set contact_id = $1 where i.contact_id = $2
        and not exists (select 1 from identifier h where h.kind = i.kind and h.value = i.value and h.contact_id = $1)`,
    pair,
  );
  await tx.query('delete from identifier where contact_id = $1', [merge.merged.id]);
  await tx.query('update contact_alias set survivor = $1 where survivor = $2', pair);
  await tx.query('insert into contact_alias (id, survivor) values ($2, $1)', pair);
  const mergeId = must(rows[0], 'both cards are stored').id;
  await mergeMemberships(tx, { survivor: merge.survivor.id, merged: merge.merged.id, mergeId });
  await mergeSegments(tx, { survivor: merge.survivor.id, merged: merge.merged.id });
  await markDirty(tx, 'contact', pair);
  await markHistoryDirty(tx, [merge.merged.id]);
  return mergeId;
}

/** Rows that name a contact in the columns: whoever reads them anew sees whose they are now. Merged cards' rows too. */
export async function markHistoryDirty(tx: Tx, ids: readonly number[]): Promise<void> {
  const theirs = `(select unnest($1::bigint[]) union select id from contact_alias where survivor = any($1::bigint[]))`;
  await tx.query(
    `insert into dirty (bucket, tbl, key)
     select (key % 64)::smallint, tbl, key from (
       select 'event' as tbl, row_id as key from event where contact_id in ${theirs}
       union all select 'order', row_id from orders where contact_id in ${theirs}
       union all select 'delivery', row_id from delivery where contact_id in ${theirs}
       union all select 'membership', row_id from membership where contact_id in ${theirs}) as history`,
    [ids],
  );
}
