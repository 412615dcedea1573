import type { Database } from '#server/storage/database.ts';
import { specOf } from '#shared/columns/rows.ts';
import { type TableName, tableNames } from '#shared/columns/tables.ts';
import { type ColumnShape, layoutNow } from './column-shape.ts';
import { readLargestKey } from './row-source.ts';

export type PlannedChunk = {
  table: TableName;
  index: number;
  /** Of the bytes it has now; null when there are none. */
  hash: string | null;
  /** Smallest version of a change that is not inside; 1 when the chunk was never built. */
  firstChange: number;
};

export type Plan = {
  due: PlannedChunk[];
  /** Changed, but not enough to be built yet. */
  waiting: PlannedChunk[];
};

type ChunkRow = { index: number; hash: string; rows: number; layout: string; built_at: Date };
type ChangedChunk = { index: number; keys: number; first: number };

const REBUILD_SHARE = 0.05;
/** Below this many changed keys a tail costs next to nothing, however small the chunk. */
const REBUILD_KEYS = 1_000;
const REBUILD_AFTER_MS = 600_000;

/** [MAN-3] Which chunks have to be built anew. Every change up to `tailFrom` is inside the chunks already. */
export async function planBuild(
  db: Pick<Database, 'query'>,
  at: { version: number; tailFrom: number; now: number; shape: ColumnShape },
): Promise<Plan> {
  const plan: Plan = { due: [], waiting: [] };
  for (const table of tableNames) {
    const chunks = new Map(
      (
        await db.query<ChunkRow>('select idx as index, hash, rows, layout, built_at from chunk where tbl = $1', [table])
      ).map((chunk) => [chunk.index, chunk]),
    );
    const changed = new Map((await readChangedChunks(db, table, at)).map((chunk) => [chunk.index, chunk]));
    const { entity, span } = specOf(table);
    const layout = layoutNow(table, at.shape);
    const last = Math.max(Math.floor((await readLargestKey(db, entity)) / span), ...chunks.keys());
    for (let index = 0; index <= last; index++) {
      const chunk = chunks.get(index);
      const change = changed.get(index);
      const outdated = chunk?.layout !== layout;
      if (!outdated && !change) continue;
      const planned = { table, index, hash: chunk?.hash ?? null, firstChange: change?.first ?? 1 };
      if (outdated || (change && isDue(chunk, change, at.now))) plan.due.push(planned);
      else plan.waiting.push(planned);
    }
  }
  return plan;
}

function isDue(chunk: ChunkRow, change: ChangedChunk, now: number): boolean {
  return (
    change.keys > Math.max(REBUILD_KEYS, chunk.rows * REBUILD_SHARE) ||
    now - chunk.built_at.getTime() > REBUILD_AFTER_MS
  );
}

function readChangedChunks(
  db: Pick<Database, 'query'>,
  table: TableName,
  at: { version: number; tailFrom: number },
): Promise<ChangedChunk[]> {
  const { entity, span } = specOf(table);
  return db.query<ChangedChunk>(
    `select (cc.key / $2)::int as index, count(distinct cc.key)::int as keys, min(cc.version) as first
       from column_change cc
       left join chunk c on c.tbl = $1 and c.idx = cc.key / $2
      where cc.tbl = $3 and cc.version > $4 and cc.version <= $5 and cc.version > coalesce(c.built_version, -1)
      group by 1`,
    [table, span, entity, at.tailFrom, at.version],
  );
}
