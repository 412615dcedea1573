import type { Deps } from '#server/service.ts';
import { markDirty } from '#server/sync/dirty.ts';

/** So many rows are taken in one transaction: others go on in between. */
const SLICE = 5_000;

/** Takes back the events of a type that happened in [from, to), those that still wait in the log too; answers how many. */
export async function deleteEvents(
  deps: Pick<Deps, 'db' | 'wake'>,
  { type, from, to }: { type: string; from: number | null; to: number | null },
): Promise<number> {
  const bounds = [type, from, to];
  const waiting = await deps.db.query(
    `delete from intake where kind = 'event' and payload ->> 'type' = $1
        and ($2::bigint is null or (payload ->> 'at')::numeric >= $2::bigint)
        and ($3::bigint is null or (payload ->> 'at')::numeric < $3::bigint) returning 1`,
    bounds,
  );
  let deleted = waiting.length;
  for (;;) {
    const rows = await deps.db.tx(async (tx) => {
      const found = await tx.query<{ row_id: number }>(
        `delete from event where (contact_id, row_id) in (
           select contact_id, row_id from event
            where type_id = (select id from event_type where key = $1)
              and ($2::bigint is null or at >= to_timestamp($2::bigint / 1000.0))
              and ($3::bigint is null or at < to_timestamp($3::bigint / 1000.0))
            order by at limit $4 for update)
         returning row_id`,
        [...bounds, SLICE],
      );
      const keys = found.rows.map(({ row_id }) => row_id);
      await markDirty(tx, 'event', keys);
      return keys.length;
    });
    deleted += rows;
    if (rows > 0) deps.wake.notify('dirty');
    if (rows < SLICE) return deleted;
  }
}
