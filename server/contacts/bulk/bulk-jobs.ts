/**
 * Changes of many contacts, one job after another. A row of table bulk_job is the job (decision 0004); the session that runs
 * it holds a lock that ends with it. What is prepared waits for a person's yes and is forgotten after an hour.
 */
import { v7 as uuidv7 } from 'uuid';
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Deps, Service } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import { queryOf } from '#server/sync/document-store.ts';
import { can } from '#shared/account/roles.ts';
import type { BulkPort, Caller } from '#shared/api/ports.ts';
import { type BulkDeed, type BulkJob, bulkDeed } from '#shared/contact/bulk.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { checkAction } from './check-action.ts';
import { isPersonalField } from './field-value.ts';
import { jobColumns, jobOf, lastingDeed } from './job-rows.ts';
import { runJob } from './run-job.ts';
import { checkTarget, resolveTarget } from './target.ts';

/** Any fixed number: it only has to be the same in every Muster. */
const JOB_LOCK = 77_213_017;
const MAX_ATTEMPTS = 3;
const LISTED = 20;

export type BulkJobs = { port: BulkPort; service: Service };

export function createBulkJobs(deps: Deps): BulkJobs {
  const { db, log, now } = deps;
  let stopping = false;

  /** Runs the oldest job nobody works on. Answers whether there may be more. */
  async function work(): Promise<boolean> {
    const open = await db.query<{ id: string; attempts: number }>(
      `select id, attempts from bulk_job where state in ('waiting', 'running') order by created_at, id`,
    );
    for (const job of open) {
      const client = await db.pool.connect();
      client.on('error', (error) => log.warn({ err: error }, 'the connection that holds a bulk change was closed'));
      try {
        const locked = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as mine', [
          JOB_LOCK,
          job.id,
        ]);
        if (!locked.rows[0]?.mine) continue;
        await run(job);
        return !stopping;
      } finally {
        // Closing the session gives the lock back, whatever state it is in.
        client.release(true);
      }
    }
    return false;
  }

  async function run({ id, attempts }: { id: string; attempts: number }): Promise<void> {
    if (attempts >= MAX_ATTEMPTS) {
      await end(id, 'failed', `The server stopped ${MAX_ATTEMPTS} times at the same place, so it was given up.`);
      return;
    }
    try {
      await runJob(deps, id, () => stopping);
    } catch (error) {
      // Waited for each other with somebody else's change: the step was undone and is taken again.
      if (error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001')) return;
      log.error({ err: error, bulk: id }, 'a bulk change failed');
      await end(id, 'failed', error instanceof UserError ? error.message : 'It failed; the server’s log says why.');
    }
  }

  /** Ends what is open; answers whether it was. A step under way comes to its end first. */
  function end(id: string, state: 'cancelled' | 'failed', error: string | null): Promise<boolean> {
    return db.tx(async (tx) => {
      const { rows } = await tx.query<{ action: unknown }>(
        `select action from bulk_job where id = $1 and finished_at is null for update`,
        [id],
      );
      if (!rows[0]) return false;
      const deed = lastingDeed(bulkDeed.parse(rows[0].action), await readFieldSpecs(queryOf(tx)));
      await tx.query(`update bulk_job set state = $2, error = $3, action = $4, finished_at = $5 where id = $1`, [
        id,
        state,
        error,
        JSON.stringify(deed),
        new Date(now()),
      ]);
      return true;
    });
  }

  async function get(id: string): Promise<BulkJob> {
    const [stored] = await db.query(`select ${jobColumns} from bulk_job j where id = $1`, [id]);
    if (!stored) throw new UserError('not_found', 'This change is not kept any more.', 'id');
    return jobOf(stored);
  }

  /** What nobody said yes to, and what ended long ago. */
  async function forget(): Promise<void> {
    await db.query(
      `with gone as (
         delete from bulk_job where (state = 'prepared' and created_at < $1::timestamptz - interval '1 hour')
            or finished_at < $1::timestamptz - interval '30 days' returning id)
       delete from bulk_change where job_id in (select id from gone)`,
      [new Date(now())],
    );
  }

  const loop = createLoop({ idleMs: 5_000, gapMs: 10, work, log, name: 'bulk changes' });
  return {
    service: {
      name: 'bulk changes',
      async start() {
        await forget();
        loop.start();
      },
      async stop() {
        stopping = true;
        await loop.stop();
      },
    },
    port: {
      async prepare(caller, { target, action }) {
        await forget();
        const specs = await readFieldSpecs(db);
        checkTarget(target, caller.role, specs);
        await checkAction(db, action, { role: caller.role, specs });
        const ids = await resolveTarget(db, target, now());
        if (ids.length === 0) throw new UserError('not_found', 'None of these contacts is there any more.', 'target');
        const id = uuidv7({ msecs: now() });
        await db.tx((tx) => insertJob(tx, { id, deed: action, state: 'prepared', ids, undoes: null }, caller, now()));
        return get(id);
      },
      async start(caller, id) {
        const started = await db.query(
          `update bulk_job set state = 'waiting' where id = $1 and started_by = $2 and state = 'prepared' returning id`,
          [id, caller.userId],
        );
        if (started.length === 0)
          throw new UserError('not_found', 'This change was not prepared, or too long ago.', 'id');
        loop.poke();
        return get(id);
      },
      async cancel(_caller, id) {
        await end(id, 'cancelled', null);
        return get(id);
      },
      async undo(caller, of) {
        const id = uuidv7({ msecs: now() });
        await db.tx((tx) => prepareUndo(tx, { id, of }, caller, now()));
        loop.poke();
        return get(id);
      },
      async list() {
        const rows = await db.query(
          `select ${jobColumns} from bulk_job j where state <> 'prepared' order by created_at desc, id desc limit $1`,
          [LISTED],
        );
        return rows.map(jobOf);
      },
    },
  };
}

type NewJob = {
  id: string;
  deed: BulkDeed;
  state: 'prepared' | 'waiting';
  ids: readonly number[];
  undoes: string | null;
};

async function insertJob(tx: Tx, { id, deed, state, ids, undoes }: NewJob, by: Caller, at: number): Promise<void> {
  await tx.query(
    `insert into bulk_job (id, action, state, contact_ids, total, undoes, started_by, started_by_name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, JSON.stringify(deed), state, ids, ids.length, undoes, by.userId, by.name, new Date(at)],
  );
}

async function prepareUndo(tx: Tx, { id, of }: { id: string; of: string }, caller: Caller, at: number): Promise<void> {
  const { rows } = await tx.query(`select ${jobColumns} from bulk_job j where id = $1 for update`, [of]);
  if (!rows[0]) throw new UserError('not_found', 'This change is not kept any more.', 'id');
  const job = jobOf(rows[0]);
  if (!job.canUndo) throw new UserError('conflict', 'This change cannot be undone.', 'id');
  const { deed } = job;
  const personal = deed.type === 'field' && isPersonalField(deed.field, await readFieldSpecs(queryOf(tx)));
  if (personal && !can(caller.role, 'readPersonal')) {
    throw new UserError('forbidden', 'Your role does not see personal data, so it cannot change it.', 'id');
  }
  const changes = await tx.query<{ id: number }>(
    'select contact_id as id from bulk_change where job_id = $1 order by contact_id',
    [of],
  );
  const ids = changes.rows.map((row) => row.id);
  await insertJob(tx, { id, deed: { type: 'undo', of }, state: 'waiting', ids, undoes: of }, caller, at);
  await tx.query('update bulk_job set undone_by = $2 where id = $1', [of, id]);
}
