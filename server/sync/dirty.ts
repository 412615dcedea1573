import type { Tx } from '#server/storage/database.ts';
import type { Entity } from '#shared/columns/tables.ts';

/** Records, in the writer's own transaction, that rows changed. The sequencer numbers them after commit. */
export async function markDirty(tx: Tx, entity: Entity, keys: readonly number[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(
    'insert into dirty (bucket, tbl, key) select (k % 64)::smallint, $1, k from unnest($2::bigint[]) as k',
    [entity, keys],
  );
}
