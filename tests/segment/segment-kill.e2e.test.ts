/**
 * Segment's official client, as it is and with its own settings for trying again, sends 100,000 events (fewer unless in a full run) while the server is
 * killed with all its processes and started again five times. Each message is stored exactly once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Analytics } from '@segment/analytics-node';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { killTree } from '#tests/kill/process-tree.ts';
import { signIn } from '#tests/kill/shop-client.ts';
import { rounds } from '#tests/support/rounds.ts';
import { seeded } from '#tests/support/segment-data.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';

const SEED = 20_261_124;
const EVENTS = rounds(40_000, 100_000);
const KILLS = 5;
const BATCH = 200;
/** How many events may wait for their answer. */
const WINDOW = 4_000;
const PATIENCE_MS = 200_000;

const random = seeded(SEED);
const dataDir = temporaryDataDir();
let server: RunningServer | undefined;

afterAll(async () => {
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
});

const messageId = (n: number) => `segment-kill-${n}`;

type Sender = { delivered: Set<number>; failures: unknown[]; requests: number; repeated: number; done: Promise<void> };

/** Hands all events to the client, a window of them at a time. */
function sendAll(analytics: Analytics): Sender {
  const sender: Sender = { delivered: new Set(), failures: [], requests: 0, repeated: 0, done: Promise.resolve() };
  analytics.on('http_request', ({ headers }) => {
    sender.requests++;
    if ('X-Retry-Count' in headers) sender.repeated++;
  });
  let handedOver = 0;
  const track = (n: number): void => {
    const message = { event: 'Segment kill', userId: `shopper-${n % 997}`, messageId: messageId(n), properties: { n } };
    analytics.track(message, (failure) => {
      if (failure) sender.failures.push(failure);
      else sender.delivered.add(n);
    });
  };
  sender.done = (async () => {
    while (sender.delivered.size < EVENTS && sender.failures.length === 0) {
      while (handedOver < EVENTS && handedOver - sender.delivered.size < WINDOW) track(handedOver++);
      await sleep(5);
    }
    await analytics.closeAndFlush();
  })();
  return sender;
}

async function allApplied(): Promise<boolean> {
  return inDatabase(dataDir, async (db) => (await db.query('select 1 from intake limit 1')).length === 0);
}

test(`the official client delivers ${EVENTS} events through ${KILLS} kills, each exactly once`, async () => {
  const port = await freePort();
  const started = performance.now();
  server = await startServer({ dataDir, port });
  const { key } = z
    .object({ key: z.string() })
    .parse(await (await signIn(server.url)).call('apiKey.create', { scope: 'full', name: 'segment' }));
  const analytics = new Analytics({ writeKey: key, host: server.url, flushAt: BATCH, flushInterval: 200 });
  const sender = sendAll(analytics);

  let unanswered = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const due = Math.round((EVENTS * kill) / (KILLS + 1)) + random(2_000);
    const deadline = Date.now() + PATIENCE_MS;
    while (sender.delivered.size < due && sender.failures.length === 0 && Date.now() < deadline) await sleep(1);
    const before = sender.repeated;
    await killTree(server.child.pid ?? 0);
    server = await startServer({ dataDir, port });
    while (sender.repeated === before && sender.failures.length === 0 && Date.now() < deadline) await sleep(20);
    if (sender.repeated > before) unanswered++;
  }
  await sender.done;
  const delivered = performance.now();
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await allApplied()) && Date.now() < deadline) await sleep(500);
  const stored = await inDatabase(dataDir, async (db) => ({
    events: await db.query<{ rows: number; different: number; owned: number; lowest: number; highest: number }>(
      `select count(*)::int as rows, count(distinct n)::int as different, count(*) filter (where contact_id <> 0)::int as owned,
              min(n) as lowest, max(n) as highest
         from (select contact_id, (params ->> 'n')::int as n from event) e`,
    ),
    messages: await db.query<{ n: number }>(`select count(*)::int as n from message_seen`),
    people: await db.query<{ n: number }>('select count(*)::int as n from contact'),
    waiting: await db.query('select 1 from intake union all select 1 from intake_parked'),
  }));
  console.log(
    `seed ${SEED}: ${sender.requests} requests, ${sender.repeated} of them repeated; delivered in ${Math.round((delivered - started) / 1000)} s, ` +
      `applied in ${Math.round((performance.now() - started) / 1000)} s`,
  );

  expect(sender.failures).toEqual([]);
  // The test did what it says: every kill left requests without an answer.
  expect(unanswered).toBe(KILLS);
  expect(stored).toEqual({
    events: [{ rows: EVENTS, different: EVENTS, owned: EVENTS, lowest: 0, highest: EVENTS - 1 }],
    messages: [{ n: EVENTS }],
    people: [{ n: 997 }],
    waiting: [],
  });
}, 600_000);
