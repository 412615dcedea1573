/** What time alone changes: scheduled → cancellable → sending → done. Runs every half second in each worker. */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { STALE_MS } from './preflight.ts';
import { leaveOut } from './run-control.ts';
import { writeRunDocument } from './run-document.ts';

type Step = (tx: Tx) => Promise<string[]>;

/** While all sending is stopped no run begins: they wait, and afterwards each has its whole cancel window again. */
const SENDING = 'not exists (select 1 from workspace where sending_stopped)';

export async function advanceRuns(deps: Deps, cancelWindowMs: number): Promise<void> {
  const now = deps.now();
  const at = new Date(now);
  await step(deps, async (tx) => {
    // The server was off at the planned time: sending hours late would surprise everybody.
    const { rows } = await tx.query<{ campaign_id: string }>(
      `update campaign_run set state = 'paused', problem = $2
       where campaign_id in (${locked(`state = 'scheduled' and scheduled_at < $1`)}) returning campaign_id`,
      [
        new Date(now - STALE_MS),
        'The server was off, or all sending was stopped, at the planned time. Resume to send now, or stop the campaign.',
      ],
    );
    return rows.map((row) => row.campaign_id);
  });
  await step(deps, async (tx) => {
    const { rows } = await tx.query<{ campaign_id: string }>(
      `update campaign_run set state = 'cancellable', cancel_until = $2
       where campaign_id in (${locked(`state = 'scheduled' and scheduled_at <= $1 and ${SENDING}`)}) returning campaign_id`,
      [at, new Date(now + cancelWindowMs)],
    );
    return rows.map((row) => row.campaign_id);
  });
  await step(deps, async (tx) => {
    const { rows } = await tx.query<{ campaign_id: string }>(
      `update campaign_run set state = 'sending', started_at = $1, cancel_until = null
       where campaign_id in (${locked(`state = 'cancellable' and cancel_until <= $1 and ${SENDING}`)}) returning campaign_id`,
      [at],
    );
    return rows.map((row) => row.campaign_id);
  });
  await step(deps, async (tx) => {
    const { rows } = await tx.query<{ campaign_id: string }>(
      `update campaign_run set state = 'done', finished_at = $1, problem = null
       where campaign_id in (${locked(`state = 'sending' and not exists (
         select 1 from delivery d where d.campaign_id = campaign_run.campaign_id and d.state in ('queued', 'sending'))`)})
       returning campaign_id`,
      [at],
    );
    return rows.map((row) => row.campaign_id);
  });
  await step(deps, async (tx) => {
    const { rows } = await tx.query<{ campaign_id: string }>(
      locked(`state = 'stopped' and finished_at > $1 and exists (
        select 1 from delivery d where d.campaign_id = campaign_run.campaign_id and d.state = 'queued')`),
      [new Date(now - COME_BACK_MS)],
    );
    for (const row of rows) await leaveOut(tx, row.campaign_id);
    return rows.map((row) => row.campaign_id);
  });
}

/** For this long after a stop, a mail whose transaction was open may come back to the queue. */
const COME_BACK_MS = 3_600_000;

/** Two workers never move the same run, and neither waits for the other. */
const locked = (where: string): string => `select campaign_id from campaign_run where ${where} for update skip locked`;

async function step({ db, wake }: Deps, work: Step): Promise<void> {
  const moved = await db.tx(async (tx) => {
    const ids = await work(tx);
    for (const id of ids) await writeRunDocument(tx, id);
    return ids.length;
  });
  if (moved === 0) return;
  wake.notify('feed');
  wake.notify('outbox');
}
