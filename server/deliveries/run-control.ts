/** What people do to a launched campaign. Each answers once it holds; the hand-off looks before every single mail. */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { RunState } from '#shared/campaign/campaign.schema.ts';
import { runStateWords } from '#shared/campaign/campaign-words.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { writeRunDocument } from './run-document.ts';

type Change = (tx: Tx) => Promise<void>;

/** Moves a run on when its state allows it; `refusal` says why not. The row stays locked while the rest is changed. */
async function change(
  { db, wake }: Deps,
  campaignId: string,
  from: readonly RunState[],
  refusal: (state: RunState) => string,
  work: Change,
): Promise<void> {
  await db.tx(async (tx) => {
    const { rows } = await tx.query<{ state: RunState }>(
      'select state from campaign_run where campaign_id = $1 for update',
      [campaignId],
    );
    const state = rows[0]?.state;
    if (!state) throw new UserError('not_found', 'This campaign was not launched.');
    if (!from.includes(state)) throw new UserError('conflict', refusal(state));
    await work(tx);
    await writeRunDocument(tx, campaignId);
  });
  wake.notify('feed');
  wake.notify('outbox');
}

const isNow = (state: RunState): string => `the campaign is: ${runStateWords[state].toLowerCase()}`;

export function pauseRun(deps: Deps, campaignId: string): Promise<void> {
  return change(
    deps,
    campaignId,
    ['sending', 'cancellable'],
    (state) => `Nothing to pause, ${isNow(state)}.`,
    async (tx) => {
      await tx.query(`update campaign_run set state = 'paused', cancel_until = null where campaign_id = $1`, [
        campaignId,
      ]);
    },
  );
}

export function resumeRun(deps: Deps, campaignId: string): Promise<void> {
  return change(
    deps,
    campaignId,
    ['paused'],
    (state) => `Nothing to resume, ${isNow(state)}.`,
    async (tx) => {
      await tx.query(
        `update campaign_run set state = 'sending', problem = null, resumed_at = $2, started_at = coalesce(started_at, $2) where campaign_id = $1`,
        [campaignId, new Date(deps.now())],
      );
    },
  );
}

/** What has not been handed over yet never will be. Mails whose transaction is open finish by themselves. */
export function stopRun(deps: Deps, campaignId: string): Promise<void> {
  const from: RunState[] = ['scheduled', 'cancellable', 'sending', 'paused'];
  return change(
    deps,
    campaignId,
    from,
    (state) => `Nothing to stop, ${isNow(state)}.`,
    async (tx) => {
      await tx.query(
        `update campaign_run set state = 'stopped', problem = null, cancel_until = null, finished_at = $2 where campaign_id = $1`,
        [campaignId, new Date(deps.now())],
      );
      await leaveOut(tx, campaignId);
    },
  );
}

/**
 * Ends what still waits of a stopped campaign. Rows that are being handed over are passed by, not waited for; those that
 * come back to the queue are found when this is called again (see schedule.ts).
 */
export async function leaveOut(tx: Tx, campaignId: string): Promise<void> {
  const { rows } = await tx.query<{ row_id: number }>(
    `with waiting as (
       select contact_id, row_id from delivery where campaign_id = $1 and state = 'queued'
       order by contact_id, row_id for update skip locked
     ), gone as (
       delete from outbox o using waiting w where o.bucket = (w.contact_id % 64)::smallint and o.row_id = w.row_id
     )
     update delivery d set state = 'skipped', reason = 'campaignStopped'
     from waiting w where d.contact_id = w.contact_id and d.row_id = w.row_id returning d.row_id`,
    [campaignId],
  );
  await markDirty(
    tx,
    'delivery',
    rows.map(({ row_id }) => row_id),
  );
}

/** As if it had never been launched: its recipients are forgotten, and it may be launched again. */
export function cancelRun(deps: Deps, campaignId: string): Promise<void> {
  const refusal = (state: RunState): string =>
    state === 'sending' ? 'The campaign has started. Stop it instead.' : `Nothing to cancel, ${isNow(state)}.`;
  return change(deps, campaignId, ['scheduled', 'cancellable'], refusal, async (tx) => {
    await tx.query(
      `update campaign_run set state = 'cancelled', scheduled_at = null, cancel_until = null, recipients = 0, finished_at = $2
       where campaign_id = $1`,
      [campaignId, new Date(deps.now())],
    );
    await tx.query(
      'delete from outbox o using delivery d where d.campaign_id = $1 and o.bucket = (d.contact_id % 64)::smallint and o.row_id = d.row_id',
      [campaignId],
    );
    const { rows } = await tx.query<{ row_id: number }>(
      'delete from delivery where campaign_id = $1 returning row_id',
      [campaignId],
    );
    await markDirty(
      tx,
      'delivery',
      rows.map(({ row_id }) => row_id),
    );
  });
}

/** A person says what became of the mails whose fate the server does not know. */
export async function settleUncertain(
  deps: Deps,
  { campaignId, as }: { campaignId: string; as: 'sent' | 'failed' },
): Promise<{ settled: number }> {
  const settled = await deps.db.tx(async (tx) => {
    const { rows } = await tx.query<{ row_id: number }>(
      `update delivery set state = $2, reason = 'settled', sent_at = case when $2 = 'sent' then coalesce(sent_at, $3) end
       where campaign_id = $1 and state = 'uncertain' returning row_id`,
      [campaignId, as, new Date(deps.now())],
    );
    await markDirty(
      tx,
      'delivery',
      rows.map(({ row_id }) => row_id),
    );
    await writeRunDocument(tx, campaignId);
    return rows.length;
  });
  deps.wake.notify('feed');
  deps.wake.notify('dirty');
  return { settled };
}

/** Pauses by itself because nobody would get anything, and says why; not when somebody resumed it since `begun`. */
export async function pauseWithProblem(deps: Deps, campaignId: string, problem: string, begun: number): Promise<void> {
  await deps.db.tx(async (tx) => {
    const { rows } = await tx.query(
      `update campaign_run set state = 'paused', problem = $2 where campaign_id = $1 and state = 'sending' and (resumed_at is null or resumed_at <= $3) returning 1`,
      [campaignId, problem, new Date(begun)],
    );
    if (rows.length > 0) await writeRunDocument(tx, campaignId);
  });
  deps.log.warn({ campaignId, problem }, 'A campaign paused by itself');
  deps.wake.notify('feed');
}
