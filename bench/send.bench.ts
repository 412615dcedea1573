import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { createTransport } from 'nodemailer';
import { pino } from 'pino';
import { createCampaigns } from '#server/deliveries/campaigns.ts';
import { trackingRoutes } from '#server/deliveries/tracking-routes.ts';
import type { Deps } from '#server/service.ts';
import { createWake } from '#server/storage/wake.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { caller } from '#tests/support/caller.ts';
import type { Bench, Measurement } from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './support/bench-database.ts';

const TARGET_PER_MINUTE = 10_000;
const MAILS = 3_000;
const CONNECTIONS = 10;

const paragraph =
  '<p style="margin:0 0 16px">Our autumn collection is here: warm coats, soft scarves and boots made to last. Have a look before it is gone.</p>';
const source = `<html><body><h1>Hello {{ contact.firstName | default: "friend" }}</h1>${paragraph.repeat(12)}
  <a href="https://shop.example.org/autumn?from=mail">See the collection</a> <a href="https://shop.example.org/boots">Boots</a></body></html>`;

type Sink = { url: string; port: number; taken: () => Promise<number>; stop: () => void };

async function startSink(): Promise<Sink> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'support', 'smtp-sink.ts'));
  const message = <T>(): Promise<T> => new Promise((done) => child.once('message', (value: T) => done(value)));
  const { port } = await message<{ port: number }>();
  return {
    port,
    url: `smtp://127.0.0.1:${port}?maxConnections=${CONNECTIONS}`,
    async taken() {
      const answer = message<{ taken: number }>();
      child.send('taken?');
      return (await answer).taken;
    },
    stop: () => child.disconnect(),
  };
}

let sink: Sink;
let database: BenchDatabase;
let app: FastifyInstance;
let deps: Deps;
let wake: ReturnType<typeof createWake>;
let campaigns: ReturnType<typeof createCampaigns>;
let round = 0;

/** Everything of a server that sending touches: its PostgreSQL with durable commits, wake-ups, links, workers. */
async function prepare(): Promise<void> {
  sink = await startSink();
  database = await startBenchDatabase();
  const { db } = database;
  const log = pino({ level: 'error' }, pino.destination(2));
  wake = createWake({ url: database.url, log });
  await wake.start();
  const config = {
    version: 'bench',
    port: 0,
    host: '127.0.0.1',
    dataDir: '',
    databaseUrl: null,
    role: 'all' as const,
    adminEmail: null,
    adminPassword: null,
    timeZone: 'UTC',
    defaultRegion: null,
    smtpUrl: sink.url,
    publicUrl: '',
    open: false,
    localWorkspace: false,
    setupCode: null,
    apiRate: 100,
    apiPrivateUrls: false,
  };
  deps = { config, db, log, now: Date.now, wake };
  app = Fastify();
  await app.register(trackingRoutes(deps));
  config.publicUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  await db.query(
    `insert into contact (id, email, email_fold, first_name, email_status, created_at, updated_at)
     select n, 'c' || n || '@bench.test', 'c' || n || '@bench.test', 'Name ' || n, 'subscribed', now(), now()
     from generate_series(1, $1::int) as n`,
    [MAILS],
  );
  await db.query('analyze contact');
  const message = {
    name: 'M',
    subject: 'Autumn for {{ contact.firstName }}',
    preheader: 'Warm things',
    format: 'html',
    source,
    createdAt: 1,
  };
  await db.tx(async (tx) => {
    await writeDocument(tx, 'setting', 'sender', { fromName: 'Bench', fromEmail: 'news@bench.test', replyTo: '' });
    await writeDocument(tx, 'message', 'm', message);
    await writeDocument(tx, 'segment', 's', {
      name: 'S',
      description: '',
      rule: { type: 'all', rules: [] },
      createdAt: 1,
    });
  });
  campaigns = createCampaigns(deps, { cancelWindowMs: 0 });
  await campaigns.service.start();
}

async function finish(): Promise<void> {
  await campaigns?.service.stop();
  await app?.close();
  await wake?.stop();
  await database?.stop();
  sink?.stop();
}

const perMinute = (elapsedMs: number): number => (MAILS / elapsedMs) * 60_000;

/** From the first mail handed over to the last result stored. */
async function sendCampaign(): Promise<number> {
  const id = `bench-${++round}`;
  const { db } = database;
  await db.tx((tx) =>
    writeDocument(tx, 'campaign', id, { name: id, messageId: 'm', segmentId: 's', scheduledAt: null, createdAt: 1 }),
  );
  const before = await sink.taken();
  await campaigns.port.launch(caller, { campaignId: id, scheduledAt: null });
  for (;;) {
    const [row] = await db.query<{ waiting: boolean }>('select exists (select 1 from outbox) as waiting');
    if (!row?.waiting) break;
    await new Promise((done) => setTimeout(done, 20));
  }
  const [row] = await db.query<{ sent: number; ms: number }>(
    `select count(*)::int as sent, extract(epoch from max(sent_at) - (select started_at from campaign_run where campaign_id = $1))::float8 * 1000 as ms
     from delivery where campaign_id = $1 and state = 'sent'`,
    [id],
  );
  if (row?.sent !== MAILS || (await sink.taken()) - before !== MAILS) throw new Error(`sent ${row?.sent} of ${MAILS}`);
  return perMinute(row.ms);
}

/** The same mails through nodemailer's own pool: no database, no links, nothing recorded. */
async function sendBare(): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port: sink.port, pool: true, maxConnections: CONNECTIONS });
  const html = source.replaceAll(/\{\{.*?\}\}/g, 'friend');
  const text = 'Hello friend\n\n'.concat(
    'Our autumn collection is here: warm coats, soft scarves and boots made to last.\n\n'.repeat(12),
  );
  const started = performance.now();
  await Promise.all(
    Array.from({ length: MAILS }, (_, n) =>
      transport.sendMail({
        from: { name: 'Bench', address: 'news@bench.test' },
        to: `c${n}@bench.test`,
        subject: `Autumn for Name ${n}`,
        html,
        text,
      }),
    ),
  );
  const elapsed = performance.now() - started;
  transport.close();
  return perMinute(elapsed);
}

export const benches: Bench[] = [
  {
    name: 'send.email',
    times: 5,
    prepare,
    finish,
    async run(): Promise<Measurement> {
      const reference = await sendBare();
      const value = await sendCampaign();
      return { value, unit: 'mails/min', reference, target: TARGET_PER_MINUTE, ok: value >= TARGET_PER_MINUTE };
    },
  },
];
