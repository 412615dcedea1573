/**
 * Imports started from the app run in the background, one after another. A row of table import is the job; the session
 * that runs it holds a lock that goes with it, so after a crash the next server takes the job again: every phase of an
 * import may be repeated. See docs/decisions/0004-jobs.md.
 */
import { existsSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Deps, Service } from '#server/service.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { type ImportState, importKinds, importMap, importState, importSummary } from '#shared/api/import.schema.ts';
import type { ImportPort } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { resolveMap } from './import-map.ts';
import type { Reject } from './import-run.ts';
import { runImport } from './run-import.ts';
import { createUploadStore, type UploadStore } from './upload-store.ts';

export type Imports = { port: ImportPort; service: Service; uploads: UploadStore };

/** Any fixed number: it only has to be the same in every Muster. */
const JOB_LOCK = 77_213_004;
/** How often a server may die during an import before it is given up. */
const MAX_ATTEMPTS = 3;
const PROGRESS_MS = 250;
const REJECT_BATCH = 500;
const LIST = 50;

const row = z.object({
  id: z.string(),
  file_name: z.string(),
  kind: z.enum(importKinds),
  state: importState.shape.state,
  progress: z.number(),
  lines_read: z.number(),
  summary: importSummary.nullable(),
  error: z.string().nullable(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
});
const stateColumns = Object.keys(row.shape).join(', ');

const job = z.object({
  id: z.string(),
  upload_id: z.string(),
  kind: z.enum(importKinds),
  map: importMap,
  attempts: z.number(),
});

function stateOf(stored: unknown): ImportState {
  const { id, kind, state, progress, summary, error, ...rest } = row.parse(stored);
  return {
    id,
    fileName: rest.file_name,
    kind,
    state,
    progress,
    linesRead: rest.lines_read,
    summary,
    error,
    startedAt: rest.started_at.getTime(),
    finishedAt: rest.finished_at?.getTime() ?? null,
  };
}

export function createImports(deps: Deps): Imports {
  const { db, log } = deps;
  const uploads = createUploadStore(deps);
  let stopping = false;

  async function finish(
    id: string,
    result: { state: 'done' | 'failed'; summary?: unknown; error?: string },
  ): Promise<void> {
    await db.query(
      `update import set state = $2, summary = $3, error = $4, progress = case when $2 = 'done' then 1 else progress end, finished_at = now() where id = $1`,
      [id, result.state, result.summary ? JSON.stringify(result.summary) : null, result.error ?? null],
    );
  }

  /** Keeps rejects in the table as they come; an import that is run again replaces them. */
  function rejectSink(id: string): { add: (reject: Reject) => Promise<void>; flush: () => Promise<void> } {
    let kept: Reject[] = [];
    const flush = async (): Promise<void> => {
      const batch = kept;
      kept = [];
      await db.query(
        `insert into import_reject (import_id, line, reason, raw) select $1, * from unnest($2::bigint[], $3::text[], $4::text[])
         on conflict do nothing`,
        [id, batch.map(({ line }) => line), batch.map(({ reason }) => reason), batch.map(({ raw }) => raw)],
      );
    };
    return {
      flush,
      async add(reject) {
        kept.push(reject);
        if (kept.length >= REJECT_BATCH) await flush();
      },
    };
  }

  async function runJob({ id, upload_id: uploadId, kind, map }: z.infer<typeof job>): Promise<void> {
    await db.query(
      `update import set state = 'reading', attempts = attempts + 1, progress = 0, lines_read = 0 where id = $1`,
      [id],
    );
    await db.query('delete from import_reject where import_id = $1', [id]);
    const rejects = rejectSink(id);
    let toldAt = 0;
    let telling: Promise<unknown> = Promise.resolve();
    try {
      const { summary } = await runImport(deps, {
        path: uploads.pathOf(uploadId),
        kind,
        map,
        onReject: rejects.add,
        onProgress: ({ state, linesRead, progress }) => {
          if (stopping) throw new Stopped();
          if (performance.now() - toldAt < PROGRESS_MS) return;
          toldAt = performance.now();
          telling = telling
            .then(() =>
              db.query('update import set state = $2, lines_read = $3, progress = $4 where id = $1', [
                id,
                state,
                linesRead,
                progress,
              ]),
            )
            .catch((error: unknown) => log.warn({ err: error }, 'the progress of an import could not be noted'));
        },
      });
      await telling;
      await rejects.flush();
      await finish(id, { state: 'done', summary });
      await uploads.remove(uploadId);
    } catch (error) {
      await telling;
      // Not its fault: the next start takes it again.
      if (error instanceof Stopped) {
        await db.query(`update import set state = 'waiting', attempts = attempts - 1 where id = $1`, [id]);
        return;
      }
      log.error({ err: error, import: id }, 'an import failed');
      await rejects.flush();
      const known =
        error instanceof UserError || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
      const message =
        error instanceof UserError
          ? error.message
          : known
            ? 'The uploaded file is gone. Upload it again.'
            : 'The import failed; the server’s log says why.';
      await finish(id, { state: 'failed', error: message });
    }
  }

  /** Runs the oldest import nobody works on. Answers whether there may be more. */
  async function work(): Promise<boolean> {
    const rows = await db.query(
      `select id, upload_id, kind, map, attempts from import where state in ('waiting', 'reading', 'applying') and upload_id is not null
        order by started_at, id`,
    );
    for (const one of rows) {
      const found = job.parse(one);
      const client = await db.pool.connect();
      const onError = (error: Error): void =>
        log.warn({ err: error }, 'the connection that holds an import was closed');
      client.on('error', onError);
      try {
        const locked = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as mine', [
          JOB_LOCK,
          found.id,
        ]);
        if (!locked.rows[0]?.mine) continue;
        const again = await client.query(`select 1 from import where id = $1 and finished_at is null`, [found.id]);
        if (again.rowCount === 0) continue;
        if (found.attempts >= MAX_ATTEMPTS) {
          await finish(found.id, {
            state: 'failed',
            error: `The server stopped ${MAX_ATTEMPTS} times during this import, so it was given up.`,
          });
        } else await runJob(found);
        return !stopping;
      } finally {
        // Closing the session gives the lock back, whatever state it is in.
        client.release(true);
      }
    }
    return false;
  }

  const loop = createLoop({ idleMs: 5_000, gapMs: 10, work, log, name: 'imports' });

  return {
    uploads,
    service: {
      name: 'imports',
      async start() {
        await uploads.removeOld();
        loop.start();
      },
      async stop() {
        stopping = true;
        await loop.stop();
      },
    },
    port: {
      async start(caller, { uploadId, kind, map }) {
        const [upload] = await db.query<{ file_name: string; columns: string[] }>(
          'select file_name, columns from upload where id = $1',
          [uploadId],
        );
        if (!upload || !existsSync(uploads.pathOf(uploadId))) {
          throw new UserError('not_found', 'The uploaded file is gone. Upload it again.', 'uploadId');
        }
        resolveMap(kind, map, upload.columns);
        const id = uuidv7({ msecs: deps.now() });
        await db.query(
          `insert into import (id, upload_id, file_name, kind, map, state, started_by) values ($1, $2, $3, $4, $5, 'waiting', $6)`,
          [id, uploadId, upload.file_name, kind, JSON.stringify(map), caller.userId],
        );
        loop.poke();
        return { id };
      },
      async get(_caller, id) {
        const [stored] = await db.query(`select ${stateColumns} from import where id = $1`, [id]);
        if (!stored) throw new UserError('not_found', 'There is no such import.', 'id');
        return stateOf(stored);
      },
      async list() {
        return (
          await db.query(`select ${stateColumns} from import order by started_at desc, id desc limit $1`, [LIST])
        ).map(stateOf);
      },
    },
  };
}

/** The server is stopping: the import is left as it is. */
class Stopped extends Error {}
