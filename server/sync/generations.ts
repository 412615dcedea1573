import type { Database, Tx } from '#server/storage/database.ts';
import { tableNames } from '#shared/columns/tables.ts';
import { must } from '#shared/kernel/assert.ts';
import { type ChunkRef, chunkRef, type Manifest } from '#shared/sync/wire.schema.ts';
import { readFeed } from './feed.ts';

type Queryable = Pick<Database, 'query'>;
type GenerationRow = { id: number; tail_from: number; manifest: unknown; built_at: Date };

const chunkRefs = chunkRef.array();

/** The newest generation; generation 0 has no chunks and a tail from the beginning. */
export async function readManifest(db: Queryable): Promise<Manifest> {
  const { epoch } = await readFeed(db);
  const [row] = await db.query<GenerationRow>('select * from generation order by id desc limit 1');
  if (!row) return { epoch, generation: 0, tailFrom: 0, builtAt: 0, chunks: [] };
  const chunks = chunkRefs.parse(row.manifest);
  return { epoch, generation: row.id, tailFrom: row.tail_from, builtAt: row.built_at.getTime(), chunks };
}

/** Id of the newest generation; 0 when there is none. */
export async function readGeneration(db: Queryable): Promise<number> {
  const [row] = await db.query<{ id: number }>('select coalesce(max(id), 0) as id from generation');
  return must(row, 'an aggregate answers a row').id;
}

/** Changes above this version are all kept. */
export async function readKeptFrom(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>('select coalesce(min(tail_from), 0) as version from generation');
  return must(row, 'an aggregate answers a row').version;
}

/** Every chunk that holds rows, in the order of the tables. */
export async function readChunkRefs(db: Queryable): Promise<ChunkRef[]> {
  const rows = await db.query<ChunkRef>(
    'select tbl as "table", idx as index, hash, rows, bytes from chunk where rows > 0 order by tbl, idx',
  );
  const rank = (ref: ChunkRef) => tableNames.indexOf(ref.table);
  return chunkRefs.parse(rows).sort((a, b) => rank(a) - rank(b) || a.index - b.index);
}

/** Stores the chunks as they are now as a new generation. */
export async function storeGeneration(
  db: Queryable,
  chunks: readonly ChunkRef[],
  tailFrom: number,
  now: number,
): Promise<void> {
  await db.query(
    'insert into generation (id, tail_from, manifest, built_at) select coalesce(max(id), 0) + 1, $1, $2, $3 from generation',
    [tailFrom, JSON.stringify(chunks), new Date(now)],
  );
}

const KEEP_MS = 24 * 3_600_000;

/** [MAN-4] Drops generations that were replaced 24 h ago, and the changes and bytes that only they needed. */
export async function pruneGenerations(db: Pick<Database, 'tx'>, now: number): Promise<void> {
  const before = new Date(now - KEEP_MS);
  await db.tx(async (tx: Tx) => {
    await tx.query(
      'delete from generation g where exists (select from generation n where n.id > g.id and n.built_at < $1)',
      [before],
    );
    await tx.query('delete from column_change where version <= (select coalesce(min(tail_from), 0) from generation)');
    await tx.query(
      `delete from chunk_blob b
        where b.created_at < $1
          and not exists (select from chunk c where c.hash = b.hash)
          and not exists (select from generation g, jsonb_array_elements(g.manifest) as c where c ->> 'hash' = b.hash)`,
      [before],
    );
  });
}
