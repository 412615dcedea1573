/**
 * Builds column chunks in the background and publishes them as generations (SPEC.md: MAN). The version is read before the
 * rows, so a chunk holds every change up to it; what came later is in the tail as well, which replaces whole rows.
 */
import { randomUUID } from 'node:crypto';
import type { Deps, Service } from '#server/service.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { createLoop } from './background-loop.ts';
import { type ChunkEncoder, createChunkEncoder } from './chunk-encoder.ts';
import { type PlannedChunk, planBuild } from './chunk-plan.ts';
import { type ColumnShape, keepWhatFits, layoutNow, readColumnShape } from './column-shape.ts';
import type { EncodedChunk } from './encode-chunk.ts';
import { readFeed } from './feed.ts';
import { lockGenerations, pruneGenerations, publishGeneration, readNewest } from './generations.ts';
import { holdLease, releaseLease } from './lease.ts';
import { pruneDocuments } from './prune-documents.ts';
import { readChunkRows } from './row-source.ts';

type BuildDeps = Pick<Deps, 'db' | 'now' | 'log'>;
/** What one build is made from: rows read after `version`, with the columns that documents name then. */
type Basis = { version: number; shape: ColumnShape };

const LEASE = 'chunk-builder';
/** While changes keep coming, generations are this far apart. */
const BUSY_GAP_MS = 10_000;
/** No change for this long: what is due is built at once. */
const QUIET_MS = 800;
const PRUNE_EVERY_MS = 600_000;

/**
 * Stores a chunk of rows that were read after the basis. Its bytes are stored only with its row, and that only where it is
 * not older than what is there: rows read before an erasure are not kept after it (ERASE-1).
 */
async function storeChunk(
  { db, now }: BuildDeps,
  { table, index }: PlannedChunk,
  { hash, rows, bytes, from, to, data }: EncodedChunk,
  basis: Basis,
): Promise<void> {
  const layout = layoutNow(table, basis.shape);
  await db.tx(async (tx) => {
    await lockGenerations(tx);
    const { rowCount } = await tx.query(
      `insert into chunk (tbl, idx, hash, rows, bytes, layout, built_version, built_at, from_at, to_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (tbl, idx) do update set
         hash = excluded.hash, rows = excluded.rows, bytes = excluded.bytes, layout = excluded.layout,
         built_version = excluded.built_version, built_at = excluded.built_at, from_at = excluded.from_at, to_at = excluded.to_at
       where chunk.built_version <= excluded.built_version`,
      [table, index, hash, rows, bytes, layout, basis.version, new Date(now()), from, to],
    );
    if (rowCount === 0 || data === null) return;
    await tx.query(
      `insert into chunk_blob (hash, data, created_at) values ($1, $2, $3)
       on conflict (hash) do update set created_at = excluded.created_at`,
      [hash, data, new Date(now())],
    );
  });
}

export type BuildOptions = {
  /** Whether to build now what is due; asked once it is known that something is. */
  ready?: () => boolean;
  /** Between chunks: false ends the build early; the rest stays due. */
  goOn?: () => Promise<boolean>;
};

/** Builds chunks, reading the next while one is encoded; answers those it did not get to. */
async function buildChunks(
  deps: BuildDeps,
  encoder: ChunkEncoder,
  due: readonly PlannedChunk[],
  basis: Basis,
  goOn: BuildOptions['goOn'],
): Promise<readonly PlannedChunk[]> {
  const read = (chunk: PlannedChunk | undefined) =>
    chunk && readChunkRows(deps.db, chunk.table, chunk.index, basis.shape);
  let next = read(due[0]);
  for (const [at, chunk] of due.entries()) {
    const rows = await next;
    if (!rows || (await goOn?.()) === false) return due.slice(at);
    next = read(due[at + 1]);
    // Heard of when it is awaited; until then a failure must not end the process.
    next?.catch(() => undefined);
    const { table, index, hash } = chunk;
    await storeChunk(deps, chunk, await encoder.encode({ table, index, rows, known: hash }), basis);
  }
  return [];
}

/** Builds what is due and publishes a generation when chunks changed. Answers whether it did. */
export async function buildGeneration(deps: BuildDeps, options: BuildOptions = {}): Promise<boolean> {
  const { db, now } = deps;
  const { version } = await readFeed(db);
  const shape = await readColumnShape(db);
  await keepWhatFits(db, shape);
  const newest = await readNewest(db);
  const at = { version, tailFrom: newest.tailFrom, now: now(), shape };
  const plan = await planBuild(db, at);
  // After an erasure every device waits for this. It holds every change, so that no older one is kept beside it (ERASE-3).
  const due = newest.withdrawn ? [...plan.due, ...plan.waiting] : plan.due;
  const kept = newest.withdrawn ? [] : plan.waiting;
  if (due.length > 0 && !newest.withdrawn && options.ready?.() === false) return false;
  const encoder = createChunkEncoder(deps.log);
  const undone = await buildChunks(deps, encoder, due, { version, shape }, options.goOn).finally(() => encoder.close());
  if (newest.withdrawn && undone.length > 0) return false;
  const waiting = [...kept, ...undone].map(({ firstChange }) => firstChange - 1);
  return publishGeneration(db, {
    tailFrom: Math.max(newest.tailFrom, Math.min(version, ...waiting)),
    now: now(),
    isKnown: (chunks) => !newest.withdrawn && equalJson(chunks, newest.chunks),
  });
}

/** The loop over {@link buildGeneration}; tells 'generation'. */
export function createChunkBuilder({ db, now, wake, log }: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>): Service {
  const holder = randomUUID();
  let stopping = false;
  let seenVersion = -1;
  let changedAt = 0;
  let builtAt = 0;
  let plannedAt = 0;
  let prunedAt = 0;

  async function work(): Promise<boolean> {
    const { version } = await readFeed(db);
    if (version !== seenVersion) {
      seenVersion = version;
      changedAt = now();
    }
    // With nothing new, only the passing of time can make something due: that needs no look every second.
    else if (plannedAt > changedAt + QUIET_MS && now() - plannedAt < BUSY_GAP_MS) return false;
    if (!(await holdLease(db, LEASE, holder))) return false;
    plannedAt = now();
    const published = await buildGeneration(
      { db, now, log },
      {
        ready: () => now() - changedAt >= QUIET_MS || now() - builtAt >= BUSY_GAP_MS,
        goOn: async () => !stopping && (await holdLease(db, LEASE, holder)),
      },
    );
    if (published) {
      builtAt = now();
      wake.notify('generation');
    }
    if (now() - prunedAt >= PRUNE_EVERY_MS) {
      prunedAt = now();
      await pruneGenerations(db, now());
      if (await pruneDocuments(db, now())) wake.notify('feed');
    }
    return false;
  }

  const loop = createLoop({ name: 'chunk-builder', log, idleMs: 1_000, gapMs: 200, work });
  let off: (() => void) | undefined;
  return {
    name: 'chunk-builder',
    async start() {
      // Said by an erasure too: nothing can be taken until it is built.
      off = wake.on('generation', loop.poke);
      loop.start();
    },
    async stop() {
      stopping = true;
      off?.();
      await loop.stop();
      await releaseLease(db, LEASE, holder);
    },
  };
}
