/**
 * Contacts and orders in bulk while the server is killed with all its processes and started again: what was acknowledged
 * is there, and each contact, order, membership and event only once, although batches without an answer are sent again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { seeded } from '#tests/support/segment-data.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { killTree } from './process-tree.ts';
import { signIn } from './shop-client.ts';

const SEED = 20_261_125;
const KILLS = 5;
const BATCHES = 40;
const CONTACTS = 100;
const ORDERS = 25;
const PATIENCE_MS = 180_000;

const random = seeded(SEED);
const dataDir = temporaryDataDir();
let server: RunningServer | undefined;
let stopped = false;

afterAll(async () => {
  stopped = true;
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
});

const contactsOf = (batch: number) => ({
  dedupeOn: 'externalCustomerId',
  groupNames: ['Bulk'],
  eventKeyForNewContacts: 'BulkNew',
  contacts: Array.from({ length: CONTACTS }, (_, n) => ({
    externalCustomerId: `c${batch}-${n}`,
    firstName: `Name ${batch}`,
    channels: [{ type: 'email', value: `c${batch}-${n}@bulk.test` }],
  })),
});
const ordersOf = (batch: number) => ({
  orders: Array.from({ length: ORDERS }, (_, n) => ({
    externalOrderId: `o${batch}-${n}`,
    externalCustomerId: `c${batch}-${n}`,
    date: '2026-11-01T10:00:00Z',
    status: 'DELIVERED',
    totalCost: 20,
    items: [{ externalItemId: 1, name: 'Tea', category: 'Tea', quantity: 2, cost: 10 }],
  })),
});

type Sender = { acknowledged: number; repeated: number; sessions: string[]; done: Promise<void> };

/** Sends every batch until it has an answer. One that was answered before its sender heard of it is a duplicate: done. */
function sendAll(url: string, key: string): Sender {
  const sender: Sender = { acknowledged: 0, repeated: 0, sessions: [], done: Promise.resolve() };
  const authorization = `Basic ${btoa(`:${key}`)}`;
  async function post(path: string, body: unknown): Promise<void> {
    while (!stopped) {
      try {
        const answer = await fetch(`${url}/api${path}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        const text = await answer.text();
        if (answer.ok)
          sender.sessions.push(z.object({ asyncSessionId: z.string() }).parse(JSON.parse(text)).asyncSessionId);
        if (answer.ok || text.includes('Duplicated request')) return;
        if (answer.status < 500) throw new Error(`${path} answered ${answer.status}: ${text}`);
      } catch (error) {
        // The server was killed: fetch fails with a TypeError.
        if (!(error instanceof TypeError)) throw error;
      }
      sender.repeated++;
      await sleep(50);
    }
  }
  sender.done = (async () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      await Promise.all([post('/v1/contacts', contactsOf(batch)), post('/v1/orders', ordersOf(batch))]);
      sender.acknowledged++;
      await sleep(20);
    }
  })();
  return sender;
}

test(`${BATCHES} batches of contacts and orders through ${KILLS} kills: nothing lost, nothing twice`, async () => {
  const port = await freePort();
  server = await startServer({ dataDir, port });
  const { key } = z
    .object({ key: z.string() })
    .parse(await (await signIn(server.url)).call('apiKey.create', { scope: 'full', name: 'bulk' }));
  const sender = sendAll(server.url, key);
  let inMidst = 0;
  const deadline = Date.now() + PATIENCE_MS;
  for (let kill = 1; kill <= KILLS; kill++) {
    const due = Math.round((BATCHES * kill) / (KILLS + 1));
    while (sender.acknowledged < due && Date.now() < deadline) await sleep(1);
    await sleep(random(120));
    const before = sender.repeated;
    await killTree(server.child.pid ?? 0);
    await sleep(100);
    if (sender.repeated > before) inMidst++;
    server = await startServer({ dataDir, port });
  }
  await sender.done;
  const stored = await inDatabase(dataDir, async (db) => {
    const patience = Date.now() + PATIENCE_MS;
    while ((await db.query('select 1 from intake limit 1')).length > 0 && Date.now() < patience) await sleep(200);
    const count = async (from: string) =>
      (await db.query<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n;
    const events = (type: string) => `event e join event_type t on t.id = e.type_id where t.key = '${type}'`;
    return {
      contacts: await count('contact'),
      identifiers: await count('identifier'),
      members: await count(`membership m join document d on d.id = m.list_id where d.body ->> 'name' = 'Bulk'`),
      lists: await count(`document where kind = 'list' and not deleted and body ->> 'name' = 'Bulk'`),
      newcomers: await count(`(select distinct contact_id from ${events('BulkNew')}) c`),
      newEvents: await count(events('BulkNew')),
      orders: await count('orders where contact_id <> 0'),
      lines: await count('order_line'),
      orderEvents: await count(events('orderDelivered')),
      waiting: await count('(select 1 from intake union all select 1 from intake_parked) w'),
    };
  });
  const status = await fetch(`${server.url}/api/v1/importstatus/${sender.sessions[0]}`, {
    headers: { authorization: `Basic ${btoa(`:${key}`)}` },
  });
  console.log(`seed ${SEED}: ${sender.repeated} requests repeated, ${inMidst} of ${KILLS} kills met one under way`);

  expect(stored.waiting).toBe(0);
  expect(sender.acknowledged).toBe(BATCHES);
  expect(sender.repeated).toBeGreaterThan(0);
  const people = BATCHES * CONTACTS;
  // An order may come before the contact it names: then it makes the contact, which is no newcomer of the bulk request.
  const { newcomers = 0, newEvents, ...rest } = stored;
  expect(newEvents).toBe(newcomers);
  expect(newcomers).toBeGreaterThanOrEqual(people - BATCHES * ORDERS);
  expect(rest).toEqual({
    contacts: people,
    identifiers: people * 2,
    members: people,
    lists: 1,
    orders: BATCHES * ORDERS,
    lines: BATCHES * ORDERS,
    orderEvents: BATCHES * ORDERS,
    waiting: 0,
  });
  expect(await status.json()).toMatchObject({ status: 'FINISHED' });
}, 400_000);
