/**
 * kill -9 of the whole process tree, again and again (20 times in a full run), in the midst of intake and of a campaign. Afterwards nothing that was
 * acknowledged is lost, nobody got a mail twice, and no more mails are uncertain than transactions were open at the kills.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { campaignRunSchema } from '#shared/campaign/campaign.schema.ts';
import { rounds } from '#tests/support/rounds.ts';
import { seeded } from '#tests/support/segment-data.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { killTree } from './process-tree.ts';
import { type EventPump, pumpEvents, type ShopClient, signIn } from './shop-client.ts';
import { startTransactionSink, type TransactionSink } from './transaction-sink.ts';

const SEED = 20_261_123;
const KILLS = rounds(10, 20);
const RECIPIENTS = 5_000;
const PATIENCE_MS = 240_000;

const random = seeded(SEED);
const dataDir = temporaryDataDir();
let server: RunningServer | undefined;
let sink: TransactionSink | undefined;
let pump: EventPump | undefined;

afterAll(async () => {
  pump?.abandon();
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
  await sink?.close();
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}. The server said:\n${server?.output()}`);
    await sleep(200);
  }
}

async function addContacts(url: string, key: string): Promise<void> {
  for (let from = 0; from < RECIPIENTS; from += 1_000) {
    const contacts = Array.from({ length: 1_000 }, (_, n) => ({
      firstName: `Name ${from + n}`,
      channels: [{ type: 'email', value: `c${from + n}@kill.test` }],
    }));
    const response = await fetch(`${url}/api/v1/contacts`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}`,
      },
      body: JSON.stringify({ contacts, dedupeOn: 'email' }),
    });
    if (!response.ok) throw new Error(`/v1/contacts answered ${response.status}: ${await response.text()}`);
  }
  await inDatabase(dataDir, (db) =>
    until('all contacts are in', async () => {
      const [row] = await db.query<{ n: number }>(
        `select count(*)::int as n from contact where email_fold like '%@kill.test'`,
      );
      return row?.n === RECIPIENTS;
    }),
  );
}

async function prepareCampaign(client: ShopClient): Promise<void> {
  await client.push([
    { id: 'sender', kind: 'setting', body: { fromName: 'Kill', fromEmail: 'news@kill.test', replyTo: '' } },
    {
      id: 'm',
      kind: 'message',
      body: {
        name: 'M',
        subject: 'Hi {{ contact.firstName }}',
        preheader: '',
        format: 'html',
        source:
          '<html><body><p>Dear {{ contact.firstName }}</p><a href="https://shop.example.org/">Shop</a></body></html>',
        createdAt: 1,
      },
    },
    {
      id: 's',
      kind: 'segment',
      body: {
        name: 'S',
        description: '',
        rule: { type: 'text', field: 'email', op: 'endsWith', values: ['@kill.test'] },
        createdAt: 1,
      },
    },
    { id: 'c', kind: 'campaign', body: { name: 'C', messageId: 'm', segmentId: 's', scheduledAt: null, createdAt: 1 } },
  ]);
}

async function readRun(): Promise<z.infer<typeof campaignRunSchema>> {
  const [row] = await inDatabase(dataDir, (db) =>
    db.query<{ body: unknown }>(`select body from document where id = 'run:c'`),
  );
  return campaignRunSchema.parse(row?.body);
}

/** After some more mails, or after some time, whichever comes first: a slow machine is killed in the midst of sending too. */
async function randomMoment(taken: TransactionSink['taken']): Promise<void> {
  const enough = taken.size + random(200);
  const deadline = Date.now() + 100 + random(4_000);
  while (taken.size < enough && Date.now() < deadline) await sleep(1 + random(20));
}

test(`kill -9 of everything, ${KILLS} times, loses nothing and sends nothing twice`, async () => {
  const port = await freePort();
  sink = await startTransactionSink(() => 10 + random(30));
  const taken = sink.taken;
  const start = (smtp: string): Promise<RunningServer> =>
    startServer({ dataDir, port, env: { MUSTER_SMTP_URL: smtp } });
  server = await start(sink.url);
  const client = await signIn(server.url);
  const { key } = z
    .object({ key: z.string() })
    .parse(await client.call('apiKey.create', { scope: 'full', name: 'kill' }));
  await addContacts(server.url, key);
  await prepareCampaign(client);
  await client.call('campaign.launch', { campaignId: 'c', scheduledAt: null });
  pump = pumpEvents(server.url, key, 2);
  await until('the first mails have left', async () => taken.size > 20);

  let openAtKills = 0;
  let inMidst = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    await randomMoment(taken);
    const before = sink.endedOpen;
    if (sink.connections > 0) inMidst++;
    await killTree(server.child.pid ?? 0);
    await until('the sink has seen the connections end', async () => sink?.connections === 0);
    openAtKills += sink.endedOpen - before;
    server = await start(sink.url);
  }
  const afterKills = taken.size;
  await until('the campaign is done', async () => (await readRun()).state === 'done');
  await pump.stop();
  const { acknowledged, repeated } = pump;

  const run = await readRun();
  const end = await inDatabase(dataDir, async (db) => {
    await until('the intake log is empty', async () => (await db.query('select 1 from intake limit 1')).length === 0);
    return {
      deliveries: await db.query<{ id: string; address: string; state: string }>(
        'select id, address, state from delivery',
      ),
      events: await db.query<{ n: string; times: number }>(
        `select params ->> 'n' as n, count(*)::int as times from event where params ? 'n' group by 1`,
      ),
      parked: await db.query('select error from intake_parked limit 3'),
      outbox: await db.query('select 1 from outbox'),
    };
  });
  const byState = Map.groupBy(end.deliveries, ({ state }) => state);
  const uncertain = byState.get('uncertain')?.length ?? 0;
  console.log(
    `seed ${SEED}: ${KILLS} kills, ${inMidst} of them while sending, ${openAtKills} transactions open; ` +
      `${byState.get('sent')?.length} sent, ${uncertain} uncertain, ${afterKills} taken by the last kill; ` +
      `${acknowledged.size} events acknowledged, ${repeated} batches repeated`,
  );

  // The test did what it says.
  expect(inMidst).toBeGreaterThanOrEqual(KILLS / 2);
  expect(openAtKills).toBeGreaterThan(KILLS / 2);
  expect(acknowledged.size).toBeGreaterThan(1_000);
  expect(repeated).toBeGreaterThan(0);

  // Mails.
  expect(run.recipients).toBe(RECIPIENTS);
  expect(end.deliveries).toHaveLength(RECIPIENTS);
  expect([...byState.keys()].filter((state) => !['sent', 'failed', 'skipped', 'uncertain'].includes(state))).toEqual(
    [],
  );
  expect(end.outbox).toEqual([]);
  expect(uncertain).toBeLessThanOrEqual(openAtKills);
  expect([...taken].filter(([, recipients]) => recipients.length > 1)).toEqual([]);
  const recipients = [...taken.values()].flat();
  expect(new Set(recipients).size).toBe(recipients.length);
  const expected = new Map(end.deliveries.map(({ id, address, state }) => [`<${id}@kill.test>`, { address, state }]));
  for (const [id, [recipient]] of taken) {
    expect(expected.get(id)?.address).toBe(recipient);
    expect(expected.get(id)?.state).toMatch(/^(sent|uncertain)$/);
  }
  expect([...expected].filter(([id, { state }]) => state === 'sent' && !taken.has(id))).toEqual([]);
  expect(Object.values(run.counts).reduce((sum, count) => sum + count, 0)).toBe(RECIPIENTS);

  // Events.
  expect(end.parked).toEqual([]);
  const times = new Map(end.events.map(({ n, times: count }) => [Number(n), count]));
  expect([...acknowledged].filter((n) => times.get(n) !== 1)).toEqual([]);
  expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
}, 900_000);
