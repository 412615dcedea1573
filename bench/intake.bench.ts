/**
 * Public writes over real HTTP into a server process, each answered after its commit: Segment batches of 50 and single
 * events. The server runs as MUSTER_ROLE=api: what workers do with the rows is a figure of its own.
 */
import { randomUUID } from 'node:crypto';
import type { Bench } from './bench.ts';
import { postLoad } from './support/http-load.ts';
import { basicAuth, type KeyedServer, startKeyedServer } from './support/keyed-server.ts';

const RUN_MS = 4_000;
const BATCH = 50;
const TARGET_EVENTS = 5_000;
const TARGET_REQUESTS = 1_500;
const REFERENCE_STATEMENTS = 20;
const REFERENCE_ROWS = 1_000;

let server: KeyedServer;
let events = 0;

function track(): Record<string, unknown> {
  events += 1;
  return {
    type: 'track',
    messageId: randomUUID(),
    userId: `user-${events % 20_000}`,
    event: 'productViewed',
    timestamp: new Date().toISOString(),
    properties: {
      productId: `sku-${events % 500}`,
      name: 'Stoneware mug',
      price: 14.5,
      category: 'Ceramics',
      currency: 'GBP',
    },
    context: { ip: '203.0.113.7', library: { name: 'analytics-node', version: '3' }, userAgent: 'Mozilla/5.0' },
  };
}

async function start(): Promise<void> {
  server = await startKeyedServer('api');
}

const finish = async (): Promise<void> => server?.stop();

const empty = () => server.database.db.query('truncate intake, message_seen');
const stored = async () =>
  (await server.database.db.query<{ count: number }>('select count(*) from intake'))[0]?.count ?? 0;

/** The same rows by plain multi-row inserts of one client, without HTTP, parsing or validation. */
async function rawInsert(): Promise<number> {
  const payload = JSON.stringify(track());
  const started = performance.now();
  for (let statement = 0; statement < REFERENCE_STATEMENTS; statement++) {
    await server.database.db.query(
      `with seen as (insert into message_seen (message_id) select unnest($3::text[]))
       insert into intake (bucket, kind, payload) select b, 'event', p::jsonb from unnest($1::smallint[], $2::text[]) as r (b, p)`,
      [
        Array.from({ length: REFERENCE_ROWS }, (_, at) => at % 64),
        Array.from({ length: REFERENCE_ROWS }, () => payload),
        Array.from({ length: REFERENCE_ROWS }, () => randomUUID()),
      ],
    );
  }
  return (REFERENCE_STATEMENTS * REFERENCE_ROWS * 1000) / (performance.now() - started);
}

export const benches: Bench[] = [
  {
    name: 'intake.batch',
    prepare: start,
    finish,
    async run() {
      await empty();
      const reference = await rawInsert();
      await empty();
      const { requests, seconds } = await postLoad({
        url: `${server.url}/v1/batch`,
        authorization: basicAuth(server.key, ''),
        connections: 16,
        ms: RUN_MS,
        body: () => JSON.stringify({ batch: Array.from({ length: BATCH }, track), sentAt: new Date().toISOString() }),
      });
      if ((await stored()) !== requests * BATCH) throw new Error('an acknowledged event is missing');
      const value = (requests * BATCH) / seconds;
      return { value, unit: 'events/s', reference, target: TARGET_EVENTS, ok: value >= TARGET_EVENTS };
    },
  },
  {
    name: 'intake.single',
    prepare: start,
    finish,
    async run() {
      await empty();
      const { requests, seconds } = await postLoad({
        url: `${server.url}/api/v3/event`,
        authorization: basicAuth('', server.key),
        connections: 64,
        ms: RUN_MS,
        body: () => {
          events += 1;
          return JSON.stringify({
            eventTypeKey: 'productViewed',
            params: { externalCustomerId: `user-${events % 20_000}`, productId: `sku-${events % 500}`, price: 14.5 },
          });
        },
      });
      if ((await stored()) !== requests) throw new Error('an acknowledged event is missing');
      const value = requests / seconds;
      return { value, unit: 'requests/s', target: TARGET_REQUESTS, ok: value >= TARGET_REQUESTS };
    },
  },
];
