/**
 * Runs one bulk job, step by step. A step is one transaction: it holds the job's row, changes its contacts, notes what they
 * had, and moves the position on. So a server that dies between two steps leaves the job where it is, and one that dies
 * within a step leaves nothing of it.
 */

import { z } from 'zod';
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import { letOthersIn } from '#server/imports/let-others-in.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { queryOf } from '#server/sync/document-store.ts';
import { type BulkSkip, bulkAction, bulkDeed } from '#shared/contact/bulk.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { applyStep, type BulkChange, type StepContext, type StepOutcome } from './actions.ts';
import { lastingDeed } from './job-rows.ts';
import { undoStep } from './undo.ts';

const STEP = 1_000;

const step = z.object({
  action: bulkDeed,
  state: z.string(),
  total: z.number(),
  position: z.number(),
  skipped: z.record(z.string(), z.number()),
  started_by: z.string(),
  started_by_name: z.string(),
  time_zone: z.string(),
  ids: z.array(z.coerce.number()),
});
type Step = z.infer<typeof step>;

/** Runs a job to its end, or until `stopping` says so. */
export async function runJob(
  deps: Pick<Deps, 'db' | 'now' | 'wake'>,
  id: string,
  stopping: () => boolean,
): Promise<void> {
  await deps.db.query(
    `update bulk_job set state = 'running', attempts = attempts + 1 where id = $1 and state in ('waiting', 'running')`,
    [id],
  );
  while (!stopping()) {
    const begun = performance.now();
    const more = await deps.db.tx((tx) => takeStep(tx, id, deps.now()));
    deps.wake.notify('dirty');
    if (!more) return;
    await letOthersIn((work) => deps.db.tx(work), performance.now() - begun);
  }
}

/** Answers whether there is more to do. */
async function takeStep(tx: Tx, id: string, now: number): Promise<boolean> {
  const { rows } = await tx.query(
    `select action, state, total, position, skipped, started_by, started_by_name, contact_ids[position + 1:position + ${STEP}] as ids,
            (select time_zone from workspace where id = 1) as time_zone
       from bulk_job where id = $1 for update`,
    [id],
  );
  const job = step.parse(rows[0]);
  if (job.state !== 'running') return false;
  const context: StepContext = {
    now,
    by: { id: job.started_by, name: job.started_by_name },
    specs: await readFieldSpecs(queryOf(tx)),
    zone: job.time_zone,
  };
  const outcome = await doStep(tx, id, job, context);
  const position = job.position + job.ids.length;
  const ended = position >= job.total;
  await tx.query(
    `update bulk_job set position = $2, changed = changed + $3, skipped = $4, attempts = 0, action = $5,
            state = $6, finished_at = $7 where id = $1`,
    [
      id,
      position,
      outcome.changed,
      JSON.stringify(sum(job.skipped, outcome.skipped)),
      JSON.stringify(ended ? lastingDeed(job.action, context.specs) : job.action),
      ended ? 'done' : 'running',
      ended ? new Date(now) : null,
    ],
  );
  return !ended;
}

async function doStep(tx: Tx, id: string, { action, ids }: Step, context: StepContext): Promise<StepOutcome> {
  if (ids.length === 0) return { changed: 0, changes: [], skipped: {} };
  if (action.type === 'undo') return takeBack(tx, action.of, ids, context);
  const outcome = await applyStep(tx, ids, bulkAction.parse(action), context);
  await tx.query(
    `insert into bulk_change (job_id, contact_id, before, after)
     select $1, (c ->> 0)::bigint, c -> 1, c -> 2 from (select jsonb_array_elements($2::jsonb) as c) changes`,
    [id, JSON.stringify(outcome.changes.map(({ contactId, before, after }) => [contactId, before, after]))],
  );
  return outcome;
}

async function takeBack(tx: Tx, of: string, ids: readonly number[], context: StepContext): Promise<StepOutcome> {
  const { rows: jobs } = await tx.query<{ action: unknown }>('select action from bulk_job where id = $1', [of]);
  if (!jobs[0]) throw new UserError('not_found', 'What was to be undone is not kept any more.');
  const { rows: changes } = await tx.query<BulkChange>(
    `select contact_id as "contactId", before, after from bulk_change
      where job_id = $1 and contact_id = any($2::bigint[]) order by contact_id`,
    [of, ids],
  );
  const outcome = await undoStep(tx, changes, bulkDeed.parse(jobs[0].action), context);
  const gone = ids.length - changes.length;
  return gone === 0 ? outcome : { ...outcome, skipped: { ...outcome.skipped, gone } };
}

function sum(
  before: Readonly<Record<string, number>>,
  more: Readonly<Partial<Record<BulkSkip, number>>>,
): Record<string, number> {
  const total: Record<string, number> = { ...before };
  for (const [why, count] of Object.entries(more)) if (count > 0) total[why] = (total[why] ?? 0) + count;
  return total;
}
