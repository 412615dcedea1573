/**
 * Imports started from the app run in the background, one after another. A row of table import is the job; the session
 * that runs it holds a lock that goes with it, so after a crash the next server takes the job again and goes on where the
 * last committed batch ended. See docs/decisions/0004-jobs.md and 0027-import-wizard.md.
 */
import { v7 as uuidv7 } from 'uuid';
import { readLists } from '#server/lists/lists.ts';
import type { Deps, Service } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { type ImportOptions, type ImportPlan, importOptions, importPlan } from '#shared/api/import.schema.ts';
import type { Caller, ImportPort } from '#shared/api/ports.ts';
import { isImportTarget, targetOf } from '#shared/import/import-targets.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { forgetOldImports } from './import-journal.ts';
import { resolveMap } from './import-map.ts';
import { jobColumns, jobOf, stateColumns, stateOf } from './import-rows.ts';
import { previewImport } from './preview-import.ts';
import { rememberMap } from './remembered-maps.ts';
import { finishJob, runJob } from './run-job.ts';
import { createUploadStore, type UploadStore } from './upload-store.ts';

export type Imports = { port: ImportPort; service: Service; uploads: UploadStore };

/** Any fixed number: it only has to be the same in every Muster. */
const JOB_LOCK = 77_213_004;
/** How often a server may die over the same part of an import before it is given up. */
const MAX_ATTEMPTS = 3;
const LIST = 50;

export function createImports(deps: Deps): Imports {
  const { db, log } = deps;
  const uploads = createUploadStore(deps);
  let stopping = false;

  /** Runs the oldest job nobody works on. Answers whether there may be more. */
  async function work(): Promise<boolean> {
    const rows = await db.query(
      `select ${jobColumns} from import where state in ('waiting', 'reading', 'applying', 'undoing') and upload_id is not null
        order by started_at, id`,
    );
    for (const one of rows) {
      const found = jobOf(one);
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
        // Another server may have worked on it until now.
        const again = await client.query(`select ${jobColumns} from import where id = $1 and state = $2`, [
          found.id,
          found.state,
        ]);
        if (again.rows.length === 0) continue;
        const job = jobOf(again.rows[0]);
        if (job.attempts >= MAX_ATTEMPTS) {
          await finishJob(deps, job.id, {
            state: 'failed',
            error: `The server stopped ${MAX_ATTEMPTS} times during this import, so it was given up.`,
          });
        } else await runJob({ deps, uploads, isStopping: () => stopping }, job);
        return !stopping;
      } finally {
        // Closing the session gives the lock back, whatever state it is in.
        client.release(true);
      }
    }
    return false;
  }

  const loop = createLoop({ idleMs: 5_000, gapMs: 10, work, log, name: 'imports' });

  /** What of a plan makes no sense is refused before anything is read. */
  async function checked(given: ImportPlan) {
    const plan = importPlan.parse(given);
    const upload = await uploads.open(plan.uploadId, plan.format ?? null);
    const options = plan.options ?? importOptions.parse({});
    resolveMap(plan.kind, plan.map, upload.file.columns);
    if (options.dedupe !== 'auto' && plan.kind === 'contacts' && plan.map[options.dedupe] === undefined) {
      throw new UserError('invalid_input', `Map ${options.dedupe}: people are to be told apart by it.`, 'dedupe');
    }
    const lists = await readLists(db, { ids: options.lists });
    if (lists.filter(({ kind }) => kind === 'list').length < new Set(options.lists).size) {
      throw new UserError('invalid_input', 'A list was deleted meanwhile. Choose again.', 'lists');
    }
    return { ...plan, upload, options };
  }

  async function enqueue(caller: Caller, given: ImportPlan, purpose: 'import' | 'check'): Promise<{ id: string }> {
    const { uploadId, kind, map, upload, options } = await checked(given);
    const id = uuidv7({ msecs: deps.now() });
    const { columns, format } = upload.file;
    const at = new Date(deps.now());
    await db.tx(async (tx) => {
      // Only the last check of a file is of interest.
      await tx.query(
        `with gone as (delete from import where upload_id = $1 and purpose = 'check' and state in ('done', 'failed') returning id)
         delete from import_reject where import_id in (select id from gone)`,
        [uploadId],
      );
      const lists = purpose === 'import' ? await withNewList(tx, options, at) : options;
      await tx.query(
        `insert into import (id, upload_id, file_name, kind, map, state, started_by, started_at, purpose, format, options, columns, region)
         values ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9, $10, $11, $12)`,
        [
          ...[id, uploadId, upload.fileName, kind, JSON.stringify(map), caller.userId, at, purpose],
          ...[JSON.stringify(format), JSON.stringify(lists), JSON.stringify(columns), deps.config.defaultRegion],
        ],
      );
      if (purpose === 'import' && Object.keys(map).every((key) => kind === 'orders' || isImportTarget(targetOf(key)))) {
        await rememberMap(tx, columns, { kind, map });
      }
    });
    deps.wake.notify('feed');
    loop.poke();
    return { id };
  }

  return {
    uploads,
    service: {
      name: 'imports',
      async start() {
        await uploads.removeOld();
        await forgetOldImports(db, deps.now());
        loop.start();
      },
      async stop() {
        stopping = true;
        await loop.stop();
      },
    },
    port: {
      describe: (_caller, { uploadId, format }) => uploads.describe(uploadId, format),
      async preview(_caller, given) {
        const { kind, map, upload, options } = await checked(given);
        return previewImport(deps, upload.file, { kind, map, options });
      },
      check: (caller, plan) => enqueue(caller, plan, 'check'),
      start: (caller, plan) => enqueue(caller, plan, 'import'),
      async get(_caller, id) {
        const [stored] = await db.query(`select ${stateColumns} from import where id = $1`, [id]);
        if (!stored) throw new UserError('not_found', 'There is no such import.', 'id');
        return stateOf(stored, deps.now());
      },
      async list() {
        const rows = await db.query(
          `select ${stateColumns} from import where purpose = 'import' order by started_at desc, id desc limit $1`,
          [LIST],
        );
        return rows.map((stored) => stateOf(stored, deps.now()));
      },
      async undo(_caller, id) {
        const [stored] = await db.query(`select ${stateColumns} from import where id = $1`, [id]);
        if (!stored) throw new UserError('not_found', 'There is no such import.', 'id');
        if (!stateOf(stored, deps.now()).canUndo) {
          throw new UserError('conflict', 'This import cannot be taken back (any more).', 'id');
        }
        await db.query(
          `update import set state = 'undoing', progress = 0, attempts = 0, error = null where id = $1 and state in ('done', 'failed')`,
          [id],
        );
        loop.poke();
      },
    },
  };
}

/** The list that is made for the import is there from its start on, once. Takes the feed's counter. */
async function withNewList(tx: Tx, options: ImportOptions, at: Date): Promise<ImportOptions> {
  if (options.newList === null) return options;
  const id = uuidv7({ msecs: at.getTime() });
  await writeDocument(tx, 'list', id, { name: options.newList, description: '', createdAt: at.getTime() });
  return { ...options, lists: [...options.lists, id], newList: null };
}
