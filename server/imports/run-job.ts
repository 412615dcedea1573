/** Runs one job of table import to its end, or until the server stops: then the next start goes on with it. */
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { createJournal } from './import-journal.ts';
import type { ImportJob } from './import-rows.ts';
import type { Reject } from './import-run.ts';
import { runImport } from './run-import.ts';
import { undoImport } from './undo-import.ts';
import type { UploadStore } from './upload-store.ts';

const PROGRESS_MS = 250;
const REJECT_BATCH = 500;

/** The server is stopping: the job is left as it is. */
class Stopped extends Error {}

export type JobContext = { deps: Deps; uploads: UploadStore; isStopping: () => boolean };

export async function finishJob(
  { db }: Pick<Deps, 'db'>,
  id: string,
  result: { state: 'done' | 'failed'; summary?: unknown; error?: string },
): Promise<void> {
  await db.query(
    `update import set state = $2, summary = $3, error = $4, progress = case when $2 = 'done' then 1 else progress end, finished_at = now() where id = $1`,
    [id, result.state, result.summary ? JSON.stringify(result.summary) : null, result.error ?? null],
  );
}

/** Keeps rejects in the table as they come; an import that is run again replaces them. */
function rejectSink({ db }: Pick<Deps, 'db'>, id: string) {
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
    async add(reject: Reject): Promise<void> {
      kept.push(reject);
      if (kept.length >= REJECT_BATCH) await flush();
    },
  };
}

export async function runJob(context: JobContext, job: ImportJob): Promise<void> {
  if (job.state === 'undoing') await runUndo(context, job);
  else await runFile(context, job);
}

async function runFile({ deps, uploads, isStopping }: JobContext, job: ImportJob): Promise<void> {
  const { db, log } = deps;
  const { id } = job;
  await db.query(
    `update import set state = 'reading', attempts = attempts + 1, progress = 0, lines_read = 0 where id = $1`,
    [id],
  );
  await db.query('delete from import_reject where import_id = $1', [id]);
  const rejects = rejectSink(deps, id);
  const dry = job.purpose === 'check';
  let toldAt = 0;
  let telling: Promise<unknown> = Promise.resolve();
  try {
    const { path } = await uploads.open(job.upload_id, job.format);
    const { summary, notices } = await runImport(deps, {
      ...{ path, fileName: job.file_name, kind: job.kind, map: job.map, format: job.format, options: job.options },
      ...{ region: job.region, at: job.started_at.getTime(), by: job.started_by, dry },
      journal: dry ? null : createJournal(id, { doneTo: job.done_to, counts: job.counts }),
      onReject: rejects.add,
      onProgress: ({ state, linesRead, progress }) => {
        if (isStopping()) throw new Stopped();
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
    await finishJob(deps, id, { state: 'done', summary: { ...summary, notices } });
    if (!dry) await uploads.remove(job.upload_id);
  } catch (error) {
    await telling;
    // Not its fault: the next start takes it again.
    if (error instanceof Stopped) {
      await db.query(`update import set state = 'waiting', attempts = greatest(attempts - 1, 0) where id = $1`, [id]);
      return;
    }
    log.error({ err: error, import: id }, 'an import failed');
    await rejects.flush();
    const message = error instanceof UserError ? error.message : 'The import failed; the server’s log says why.';
    await finishJob(deps, id, { state: 'failed', error: message });
  }
}

async function runUndo({ deps, isStopping }: JobContext, { id, started_at: importedAt }: ImportJob): Promise<void> {
  const { db, log, wake } = deps;
  await db.query('update import set attempts = attempts + 1 where id = $1', [id]);
  const [total] = await db.query<{ count: number }>(
    `select (select coalesce(sum(cardinality(contact_ids)), 0) from import_created where import_id = $1)::int
          + (select count(*) from import_change where import_id = $1)::int as count`,
    [id],
  );
  const all = Math.max(1, total?.count ?? 0);
  try {
    await undoImport({ db, importId: id, importedAt, now: deps.now() }, async ({ removed, restored, kept }) => {
      wake.notify('dirty');
      const done = removed + restored + kept;
      await db.query('update import set progress = $2, attempts = 1 where id = $1', [id, Math.min(1, done / all)]);
      if (isStopping()) throw new Stopped();
    });
    await db.query(`update import set state = 'undone', progress = 1, undo = coalesce(undo, '{}') where id = $1`, [id]);
  } catch (error) {
    if (error instanceof Stopped) return;
    log.error({ err: error, import: id }, 'an import could not be taken back');
    await db.query(`update import set state = 'done', error = $2 where id = $1`, [
      id,
      'Taking it back failed; the server’s log says why. What was taken back stays so.',
    ]);
  }
}
