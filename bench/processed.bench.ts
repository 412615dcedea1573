/**
 * What becomes of events after they were acknowledged: the contact found or made, the event stored, the columns marked.
 * The server runs whole, receiving and working at once, as one process.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runImport } from '#server/imports/run-import.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import type { Bench } from './bench.ts';
import { basicAuth, type KeyedServer, startKeyedServer } from './support/keyed-server.ts';

const BATCH = 50;
const PEOPLE = 20_000;
const TARGET_RATE = 2_000;
const BURST = 20_000;
const STEADY_MS = 8_000;
const TARGET_FRESH_MS = 5_000;
const PROBE_EVERY_MS = 100;
const PATIENCE_MS = 120_000;
const IMPORTED = 200_000;

let server: KeyedServer;
let authorization = '';
let events = 0;
let probes = 0;

async function start(): Promise<void> {
  server = await startKeyedServer('all');
  authorization = basicAuth(server.key, '');
}

const finish = async (): Promise<void> => server?.stop();

async function post(batch: readonly object[]): Promise<void> {
  const body = JSON.stringify({ batch, sentAt: new Date().toISOString() });
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`answered ${answer.status}: ${text}`);
}

function track(userId: string): object {
  return {
    type: 'track',
    messageId: randomUUID(),
    userId,
    event: 'productViewed',
    timestamp: new Date().toISOString(),
    properties: { productId: `sku-${events % 500}`, name: 'Stoneware mug', price: 14.5, currency: 'GBP' },
  };
}

const batchOf = (size: number): object[] =>
  Array.from({ length: size }, () => track(`user-${(events++ * 7919) % PEOPLE}`));

async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('events wait for longer than two minutes');
    await sleep(everyMs);
  }
}

const isEmpty = async () => (await server.database.db.query('select 1 from intake limit 1')).length === 0;

/** How long after its acknowledgement the event of a new person is there, ms. */
async function probe(): Promise<number> {
  const userId = `probe-${probes++}`;
  await post([track(userId)]);
  const acknowledged = performance.now();
  const found = async () =>
    (
      await server.database.db.query(
        `select 1 from identifier i join event e using (contact_id) where i.kind = 'externalCustomerId' and i.value = $1`,
        [userId],
      )
    ).length > 0;
  await until(found, 10);
  return performance.now() - acknowledged;
}

/** Probes until told to stop; answers the 99th percentile. */
async function freshness(isOver: () => boolean): Promise<number> {
  const running: Promise<number>[] = [];
  while (!isOver()) {
    const one = probe();
    // A failure is heard where all are awaited, not in between.
    one.catch(() => undefined);
    running.push(one);
    await sleep(PROBE_EVERY_MS);
  }
  const waits = (await Promise.all(running)).sort((a, b) => a - b);
  return waits[Math.min(waits.length - 1, Math.floor(waits.length * 0.99))] ?? Number.POSITIVE_INFINITY;
}

/** Events at the target's rate, in batches that do not wait for one another. */
async function steadyLoad(ms: number): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  while (performance.now() - started < ms) {
    const due = ((performance.now() - started) / 1000) * TARGET_RATE;
    while (sent.length * BATCH < due) sent.push(post(batchOf(BATCH)));
    await sleep(5);
  }
  await Promise.all(sent);
}

async function importContacts(folder: string): Promise<void> {
  const path = join(folder, 'contacts.csv');
  const lines = Array.from({ length: IMPORTED }, (_, at) => `I${at},import.${at}@shop.example,First${at % 3000}\n`);
  await writeFile(path, ['externalCustomerId,email,firstName\n', ...lines].join(''));
  const { summary } = await runImport(createTestDeps(server.database.db, { dataDir: folder }), {
    path,
    kind: 'contacts',
    map: { externalCustomerId: 'externalCustomerId', email: 'email', firstName: 'firstName' },
    onProgress: () => undefined,
    onReject: () => undefined,
  });
  if (summary.created !== IMPORTED) throw new Error(`${summary.created} contacts were created`);
}

const fresh = (value: number) => ({ value, unit: 'ms (p99)', target: TARGET_FRESH_MS, ok: value <= TARGET_FRESH_MS });

export const benches: Bench[] = [
  {
    name: 'intake.processed',
    prepare: start,
    finish,
    async run() {
      const started = performance.now();
      for (let sent = 0; sent < BURST; sent += BATCH * 8) {
        await Promise.all(Array.from({ length: 8 }, () => post(batchOf(BATCH))));
      }
      await until(isEmpty, 20);
      const value = (BURST * 1000) / (performance.now() - started);
      return { value, unit: 'events/s', target: TARGET_RATE, ok: value >= TARGET_RATE };
    },
  },
  {
    name: 'intake.freshness',
    times: 3,
    prepare: start,
    finish,
    async run() {
      let isOver = false;
      const load = steadyLoad(STEADY_MS).finally(() => {
        isOver = true;
      });
      const value = await freshness(() => isOver);
      await load;
      await until(isEmpty, 20);
      return fresh(value);
    },
  },
  {
    // The slow consumer: a file of 200,000 contacts goes in meanwhile.
    name: 'intake.beside-import',
    times: 1,
    prepare: start,
    finish,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'muster-bench-beside-'));
      try {
        let isOver = false;
        const imported = importContacts(folder).finally(() => {
          isOver = true;
        });
        const value = await freshness(() => isOver);
        await imported;
        return fresh(value);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
