import type { Database, Tx } from '#server/storage/database.ts';
import { tableNames } from '#shared/columns/tables.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type ChunkRef, chunkRef, type Manifest } from '#shared/sync/wire.schema.ts';
import { readFeed } from './feed.ts';

type Queryable = Pick<Database, 'query'>;
type GenerationRow = {
  id: number;
  tail_from: number;
  manifest: unknown;
  built_at: Date;
  withdrawn: boolean;
  erased_to: number;
};

/** Layout of a chunk whose bytes were taken back: it is built anew before anything else, and nothing is published without it. */
export const WITHDRAWN_LAYOUT = '';

const chunkRefs = chunkRef.array();

/** The newest generation as it is stored; generation 0 has no chunks and a tail from the beginning. */
export async function readNewest(db: Queryable): Promise<Manifest & { withdrawn: boolean }> {
  const { epoch } = await readFeed(db);
  const [row] = await db.query<GenerationRow>('select * from generation order by id desc limit 1');
  return {
    epoch,
    generation: row?.id ?? 0,
    tailFrom: row?.tail_from ?? 0,
    builtAt: row?.built_at.getTime() ?? 0,
    personal: true,
    erasedTo: row?.erased_to ?? 0,
    chunks: row ? chunkRefs.parse(row.manifest) : [],
    withdrawn: row?.withdrawn ?? false,
  };
}

/**
 * The newest generation, with every table. Between an erasure and the generation after it there is none to take, and
 * devices go on with the one they have: an empty one in between would make them drop everything.
 */
export async function readManifest(db: Queryable): Promise<Manifest> {
  const { withdrawn, ...manifest } = await readNewest(db);
  if (withdrawn) throw new UserError('not_ready', 'The data is being put together anew. Try again in a moment.');
  return manifest;
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

/** Keeps others from storing and from withdrawing chunks and generations until the transaction ends; readers go on. */
export async function lockGenerations(tx: Tx): Promise<void> {
  await tx.query('lock table generation in share row exclusive mode');
}

/** Every chunk that holds rows, in the order of the tables. */
async function readChunkRefs(tx: Tx): Promise<ChunkRef[]> {
  const { rows } = await tx.query(
    `select tbl as "table", idx as index, hash, rows, bytes, from_at as "from", to_at as "to"
       from chunk where rows > 0 order by tbl, idx`,
  );
  const rank = (ref: ChunkRef) => tableNames.indexOf(ref.table);
  return chunkRefs.parse(rows).sort((a, b) => rank(a) - rank(b) || a.index - b.index);
}

async function isAnyWithdrawn(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query('select 1 from chunk where layout = $1 limit 1', [WITHDRAWN_LAYOUT]);
  return rows.length > 0;
}

/** Stores the chunks as they are now as a new generation, unless they are those of `isKnown`. Answers whether it did. */
export function publishGeneration(
  db: Pick<Database, 'tx'>,
  next: { tailFrom: number; now: number; isKnown: (chunks: readonly ChunkRef[]) => boolean },
): Promise<boolean> {
  return db.tx(async (tx) => {
    await lockGenerations(tx);
    const chunks = await readChunkRefs(tx);
    if ((await isAnyWithdrawn(tx)) || next.isKnown(chunks)) return false;
    await tx.query(
      `insert into generation (id, tail_from, manifest, built_at, erased_to)
       select (select coalesce(max(id), 0) + 1 from generation), $1, $2, $3, erased_to from feed_counter where id = 1`,
      [next.tailFrom, JSON.stringify(chunks), new Date(next.now)],
    );
    return true;
  });
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
