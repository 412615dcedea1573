/** While all sending is stopped no campaign begins; afterwards there is the whole time again to think better of it. */
import { afterEach, expect, test } from 'vitest';
import { caller } from '#tests/support/caller.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';
import { advanceRuns } from './schedule.ts';

let sending: Sending;
afterEach(() => sending.stop());

const WINDOW_MS = 60_000;

test('a cancel window does not pass while sending is stopped, and begins anew when it is allowed', async () => {
  sending = await startSending({ cancelWindowMs: WINDOW_MS });
  const { deps, campaigns } = sending;
  await sending.contacts([{ email: 'a@x.test' }]);
  const [soon, planned] = [await sending.campaign(), await sending.campaign()];
  await sending.launch(soon);
  await campaigns.port.launch(caller, { campaignId: planned, scheduledAt: Date.now() + 3_600_000 });
  await campaigns.port.stopAll(caller);
  await deps.db.query(`update campaign_run set cancel_until = now() - interval '1 hour' where campaign_id = $1`, [
    soon,
  ]);
  await deps.db.query(`update campaign_run set scheduled_at = now() - interval '1 minute' where campaign_id = $1`, [
    planned,
  ]);
  await advanceRuns(deps, WINDOW_MS);
  const states = () =>
    deps.db
      .query('select state from campaign_run order by campaign_id = $1 desc', [soon])
      .then((rows) => rows.map((row) => row.state));
  expect(await states()).toEqual(['cancellable', 'scheduled']);

  const before = Date.now();
  await campaigns.port.resumeAll(caller);
  await advanceRuns(deps, WINDOW_MS);
  expect(await states()).toEqual(['cancellable', 'cancellable']);
  expect((await sending.run(soon))?.cancelUntil).toBeGreaterThanOrEqual(before + WINDOW_MS);
  await campaigns.port.cancel(caller, soon);
  expect(sending.sink.mails).toEqual([]);
});
