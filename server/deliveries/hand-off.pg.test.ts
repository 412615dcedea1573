import { afterEach, expect, test } from 'vitest';
import { caller } from '#tests/support/caller.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';
import { startSmtpSink } from '#tests/support/smtp-sink.ts';
import { recover } from './outbox.ts';

let sending: Sending;
let ahead = 0;
const now = (): number => Date.now() + ahead;
afterEach(async () => {
  ahead = 0;
  await sending.stop();
});

const finished = (run: { state: string }): boolean => run.state === 'done';

test('answers of the server end or put off a mail, each by its class', async () => {
  sending = await startSending({ now });
  await sending.contacts(['ok', 'nobody', 'policy', 'later', 'spam'].map((name) => ({ email: `${name}@x.test` })));
  sending.sink.refuse.recipient = (to) =>
    to.startsWith('nobody')
      ? { code: 550, text: '5.1.1 unknown' }
      : to.startsWith('policy')
        ? { code: 550, text: '5.7.1 not you' }
        : to.startsWith('later')
          ? { code: 451, text: '4.7.1 greylisted' }
          : null;
  sending.sink.refuse.message = (to) => (to.startsWith('spam') ? { code: 554, text: 'spam' } : null);
  const id = await sending.campaign();
  await sending.launch(id);
  await sending.until(
    id,
    ({ counts }) => counts.sent === 1 && counts.bounced === 2 && counts.failed === 1 && counts.queued === 1,
  );
  expect(await sending.states(id)).toEqual([
    { address: 'ok@x.test', state: 'sent', reason: null, attempts: 1 },
    { address: 'nobody@x.test', state: 'bounced', reason: 'refused', attempts: 1 },
    { address: 'policy@x.test', state: 'bounced', reason: 'refused', attempts: 1 },
    { address: 'later@x.test', state: 'queued', reason: null, attempts: 1 },
    { address: 'spam@x.test', state: 'failed', reason: 'refused', attempts: 1 },
  ]);
  const { db } = sending.deps;
  expect(await db.query('select address, reason from suppression')).toEqual([
    { address: 'nobody@x.test', reason: 'bounced' },
  ]);
  expect(await db.query(`select email from contact where email_status = 'bounced'`)).toEqual([
    { email: 'nobody@x.test' },
  ]);
  sending.sink.refuse = {};
  ahead = 3_600_000;
  expect(await sending.until(id, finished)).toMatchObject({ counts: { sent: 2, bounced: 2, failed: 1 } });
  expect(new Set(sending.sink.mails.map(({ to }) => to))).toEqual(new Set(['ok@x.test', 'later@x.test']));
});

test('a mail that is put off again and again fails in the end', async () => {
  sending = await startSending({ now });
  await sending.contacts([{ email: 'a@x.test' }]);
  let tries = 0;
  sending.sink.refuse.recipient = () => {
    tries++;
    return { code: 450, text: 'later' };
  };
  // Each quarter of a second is an hour: the next attempt is due.
  const clock = setInterval(() => {
    ahead += 3_700_000;
  }, 250);
  const id = await sending.campaign();
  await sending.launch(id);
  await sending.until(id, finished);
  clearInterval(clock);
  expect(tries).toBe(8);
  expect(await sending.states(id)).toMatchObject([{ state: 'failed', reason: 'attempts', attempts: 8 }]);
});

test('a refused sender pauses the campaign with words; nothing is lost', async () => {
  sending = await startSending();
  await sending.contacts([{ email: 'a@x.test' }, { email: 'b@x.test' }]);
  sending.sink.refuse.mail = () => ({ code: 553, text: 'sender not allowed' });
  const id = await sending.campaign();
  await sending.launch(id);
  const paused = await sending.until(id, ({ state }) => state === 'paused');
  expect(paused.problem).toBe('The SMTP server refused the sender: 553 sender not allowed');
  sending.sink.refuse = {};
  await sending.campaigns.port.resume(caller, id);
  expect(await sending.until(id, finished)).toMatchObject({ counts: { sent: 2 }, problem: null });
});

test('a server that is away costs no attempts; the campaign says so and goes on when it is back', async () => {
  sending = await startSending({ query: '?maxConnections=4' });
  await sending.contacts(Array.from({ length: 12 }, (_, n) => ({ email: `c${n}@x.test` })));
  await sending.sink.close();
  const id = await sending.campaign();
  await sending.launch(id);
  const stuck = await sending.until(id, ({ problem }) => problem !== null);
  expect(stuck).toMatchObject({ state: 'sending', counts: { queued: 12 } });
  expect(stuck.problem).toMatch(/cannot be used right now.*Trying again\.$/);
  const back = await startSmtpSink({ port: Number(new URL(sending.sink.url).port) });
  try {
    const run = await sending.until(id, finished, 30_000);
    expect(run).toMatchObject({ counts: { sent: 12 }, problem: null });
    expect((await sending.states(id)).map(({ attempts }) => attempts)).toEqual(Array(12).fill(1));
    expect(back.mails).toHaveLength(12);
  } finally {
    await back.close();
  }
}, 60_000);

test('a connection lost after the whole mail was written: uncertain, shown, never sent again', async () => {
  sending = await startSending();
  await sending.contacts([{ email: 'a@x.test' }, { email: 'cut@x.test' }]);
  sending.sink.beforeAnswer = (to, cut) => {
    if (to === 'cut@x.test') cut();
    return false;
  };
  const id = await sending.campaign();
  await sending.launch(id);
  expect(await sending.until(id, finished)).toMatchObject({ counts: { sent: 1, uncertain: 1 } });
  const { port } = sending.campaigns;
  expect(await port.settleUncertain(caller, { campaignId: id, as: 'sent' })).toEqual({
    settled: 1,
  });
  expect(await sending.run(id)).toMatchObject({ counts: { sent: 2 } });
  expect(sending.sink.mails).toHaveLength(2);
});

test('what a dead process was sending becomes uncertain; what it only held is sent', async () => {
  sending = await startSending({ started: false });
  await sending.contacts([{ email: 'open@x.test' }, { email: 'held@x.test' }, { email: 'free@x.test' }]);
  const id = await sending.campaign();
  await sending.launch(id);
  const { db } = sending.deps;
  await db.query(`update outbox set leased_until = now() + interval '1 hour', lease_holder = 'dead'
    from delivery d where d.row_id = outbox.row_id and d.address <> 'free@x.test'`);
  await db.query(`update delivery set state = 'sending' where address = 'open@x.test'`);
  // A lease that runs belongs to somebody alive.
  expect(await recover(db, { all: false })).toEqual([]);
  await sending.campaigns.service.start();
  expect(await sending.until(id, finished)).toMatchObject({ counts: { sent: 2, uncertain: 1 } });
  expect(sending.sink.mails.map(({ to }) => to).sort()).toEqual(['free@x.test', 'held@x.test']);
  await sending.campaigns.service.stop();
});

test('several workers on one database send each mail once', async () => {
  sending = await startSending({ query: '?maxConnections=4' });
  const { createCampaigns } = await import('./campaigns.ts');
  const others = [createCampaigns(sending.deps), createCampaigns(sending.deps)];
  for (const other of others) await other.service.start();
  await sending.contacts(Array.from({ length: 300 }, (_, n) => ({ email: `c${n}@x.test` })));
  const id = await sending.campaign();
  await sending.launch(id);
  expect(await sending.until(id, finished, 60_000)).toMatchObject({ counts: { sent: 300 } });
  for (const other of others) await other.service.stop();
  expect(sending.sink.mails).toHaveLength(300);
  expect(new Set(sending.sink.mails.map(({ to }) => to)).size).toBe(300);
}, 90_000);

test('a throttle is kept', async () => {
  sending = await startSending({ query: '?maxConnections=5&rateLimit=20' });
  await sending.contacts(Array.from({ length: 30 }, (_, n) => ({ email: `c${n}@x.test` })));
  const id = await sending.campaign();
  await sending.launch(id);
  const started = (await sending.until(id, ({ state }) => state === 'sending')).startedAt ?? 0;
  await sending.until(id, finished);
  expect(Date.now() - started).toBeGreaterThan(1_400);
});

test('stopping the service finishes what is open and gives the rest back', async () => {
  sending = await startSending({ query: '?maxConnections=3', started: false });
  await sending.contacts(Array.from({ length: 60 }, (_, n) => ({ email: `c${n}@x.test` })));
  sending.sink.beforeAnswer = () => new Promise((done) => setTimeout(() => done(false), 30));
  const id = await sending.campaign();
  await sending.launch(id);
  await sending.campaigns.service.start();
  while (sending.sink.mails.length < 6) await new Promise((done) => setTimeout(done, 5));
  await sending.campaigns.service.stop();
  const counts = (await sending.run(id))?.counts;
  expect(counts).toEqual({ sent: sending.sink.mails.length, queued: 60 - sending.sink.mails.length });
  expect(await sending.deps.db.query('select 1 from outbox where leased_until is not null')).toEqual([]);
});
