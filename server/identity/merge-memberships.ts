/**
 * Lists, subscriptions and segments are what holds now, not history: a merge gives the survivor what the merged card had, and a
 * "no" of either card holds for the person.
 */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';

/** A state of the survivor's before the merge; null: it had no row. */
type Taken = { list: string; before: string | null; after: string };

export async function mergeMemberships(
  tx: Tx,
  { survivor, merged, mergeId }: { survivor: number; merged: number; mergeId: number },
): Promise<void> {
  const { rows } = await tx.query<Taken>(
    `select m.list_id as list, s.state as before, m.state as after
       from membership m left join membership s on s.contact_id = $1 and s.list_id = m.list_id
      where m.contact_id = $2 and (s.state is null or (m.state = 'unsubscribed' and s.state <> 'unsubscribed'))
      order by m.list_id`,
    [survivor, merged],
  );
  if (rows.length === 0) return;
  const { rows: changed } = await tx.query<{ row_id: number }>(
    `insert into membership (contact_id, list_id, row_id, state, since, source)
     select $1, list_id, nextval('membership_row_seq'), state, since, source from membership
      where contact_id = $2 and list_id = any($3::text[]) order by list_id
     on conflict (contact_id, list_id) do update set state = excluded.state, since = excluded.since, source = excluded.source
     returning row_id`,
    [survivor, merged, rows.map(({ list }) => list)],
  );
  await tx.query('update contact_merge set memberships = $2 where id = $1', [mergeId, JSON.stringify(rows)]);
  await markDirty(
    tx,
    'membership',
    changed.map(({ row_id }) => row_id),
  );
}

/**
 * The survivor has been in the merged card's segments for as long, if it still is in them: that is looked at soon. The merged
 * card keeps its rows for the day the merge is undone.
 */
export async function mergeSegments(tx: Tx, { survivor, merged }: { survivor: number; merged: number }): Promise<void> {
  await tx.query(
    `insert into segment_member as m (segment_id, contact_id, since)
     select segment_id, $1, since from segment_member where contact_id = $2 order by segment_id
     on conflict (segment_id, contact_id) do update set since = excluded.since
       where excluded.since is null or excluded.since < m.since`,
    [survivor, merged],
  );
}

/** Takes back what the merge gave, where nobody changed it since. */
export async function takeBackMemberships(tx: Tx, mergeId: number, survivor: number): Promise<void> {
  const { rows } = await tx.query<{ memberships: Taken[] | null }>(
    'select memberships from contact_merge where id = $1',
    [mergeId],
  );
  const taken = rows[0]?.memberships ?? [];
  const keys: number[] = [];
  for (const { list, before, after } of taken) {
    const { rows: changed } = await tx.query<{ row_id: number }>(
      before === null
        ? 'delete from membership where contact_id = $1 and list_id = $2 and state = $3 returning row_id'
        : 'update membership set state = $4 where contact_id = $1 and list_id = $2 and state = $3 returning row_id',
      before === null ? [survivor, list, after] : [survivor, list, after, before],
    );
    keys.push(...changed.map(({ row_id }) => row_id));
  }
  await markDirty(tx, 'membership', keys);
}
