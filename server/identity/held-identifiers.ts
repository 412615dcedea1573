/** Identifiers that no column of the contact holds: further emails and phones, loyalty numbers, cookies and tokens. */
import type { Tx } from '#server/storage/database.ts';
import type { ContactIndex } from './contact-index.ts';
import { survivorOf } from './contact-index.ts';
import { type ContactRecord, identifierValue } from './contact-record.ts';

/** Where a primary email or phone was cleared, the one the contact has had longest among the others takes its place. */
export async function promoteFurther(tx: Tx, updated: readonly ContactRecord[]): Promise<void> {
  const cleared = updated.flatMap((record) =>
    (['email', 'phone'] as const).flatMap((kind) => {
      const before = record.before?.[kind];
      return before && record.values[kind] === null ? [{ record, kind, old: identifierValue(kind, before) }] : [];
    }),
  );
  if (cleared.length === 0) return;
  const { rows } = await tx.query<{ at: number; value: string }>(
    `select distinct on (q.at) q.at::int as at, i.value
       from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as q (contact_id, kind, old, at)
       join identifier i on i.contact_id = q.contact_id and i.kind = q.kind and i.value <> q.old
      order by q.at, i.since nulls first, i.value`,
    [cleared.map(({ record }) => record.id), cleared.map(({ kind }) => kind), cleared.map(({ old }) => old)],
  );
  for (const { at, value } of rows) {
    const found = cleared[at - 1];
    if (found) found.record.values[found.kind] = value;
  }
}

/** Stores what the batch found to lead to its contacts besides their primary identifiers. */
export async function storeHeld(
  tx: Tx,
  index: ContactIndex,
  { source, now }: { source: string; now: number },
): Promise<number[]> {
  const moved = [...index.moved.values()];
  const all = [...index.gained, ...moved].map(({ identifier, record }) => ({
    ...identifier,
    id: survivorOf(record).id,
  }));
  if (all.length === 0) return [];
  if (moved.length > 0) {
    await tx.query(
      `delete from identifier i using unnest($1::text[], $2::text[]) as m (kind, value)
        where i.kind = m.kind and i.value = m.value collate "C"`,
      [moved.map(({ identifier }) => identifier.kind), moved.map(({ identifier }) => identifier.value)],
    );
  }
  await tx.query(
    `insert into identifier (kind, value, contact_id, since, source)
     select kind, value, contact_id, $4, $5 from unnest($1::text[], $2::text[], $3::bigint[]) as i (kind, value, contact_id)
     on conflict do nothing`,
    [
      all.map(({ kind }) => kind),
      all.map(({ value }) => value),
      all.map(({ id }) => id),
      new Date(now).toISOString(),
      source,
    ],
  );
  return all.map(({ id }) => id);
}
