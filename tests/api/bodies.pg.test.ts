/** Compressed, broken, oversized and mistyped bodies at every door: the same is asked of each, and nothing is a failure of ours. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { writeDocument } from '#server/sync/document-store.ts';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

const SITE = '0190f000-0000-7000-8000-0000000000bb';

let database: TestDatabase;
let app: Awaited<ReturnType<typeof startTestApp>>;
let key = '';

beforeAll(async () => {
  database = await createTestDatabase();
  const site = { name: 'Shop', domains: ['shop.test'], consent: 'none', ignoredAddresses: [], createdAt: 1, tags: [] };
  await database.db.tx((tx) => writeDocument(tx, 'site', SITE, site));
  app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url } });
  ({ key } = await app.ports.apiKeys.create(caller, { scope: 'full', name: '' }));
});
afterAll(async () => {
  await app?.stop();
  await database?.drop();
});

type Door = {
  name: string;
  path: string;
  headers?: () => Record<string, string>;
  /** A body that is taken; `n` tells it from others. */
  body: (n: number) => unknown;
  /** How many of its things have come in. */
  count: string;
  /** More than it takes. */
  limit: number;
  /** Segment's clients know 400 only. */
  tooLarge?: number;
};

const basic = () => ({ authorization: `Basic ${btoa(`:${key}`)}` });
const eventsOf = (type: string) =>
  `select count(*)::int as n from event e join event_type t on t.id = e.type_id where t.key = '${type}'`;
const MB = 1_048_576;

const doors: Door[] = [
  {
    ...{ name: 'orders', path: '/api/v1/orders', headers: basic, limit: 10 * MB },
    body: (n) => ({
      orders: [
        {
          ...{ externalOrderId: `o${n}`, date: '2026-11-01', status: 'DELIVERED' },
          items: [{ externalItemId: 'i', quantity: 1, cost: 1 }],
        },
      ],
    }),
    count: 'select count(*)::int as n from orders',
  },
  {
    ...{ name: 'contacts in bulk', path: '/api/v1/contacts', headers: basic, limit: 10 * MB },
    body: (n) => ({ contacts: [{ externalCustomerId: `bulk${n}` }] }),
    count: `select count(*)::int as n from contact where external_customer_id like 'bulk%'`,
  },
  {
    ...{ name: 'Segment', path: '/v1/batch', headers: basic, limit: 500 * 1024, tooLarge: 400 },
    body: (n) => ({ batch: [{ type: 'track', userId: 'u', event: 'bySegment', messageId: `m${n}` }] }),
    count: eventsOf('bySegment'),
  },
  {
    ...{ name: 'CloudEvents', path: '/api/cloudevents', limit: 5 * MB },
    headers: () => ({ ...basic(), 'content-type': 'application/cloudevents+json' }),
    body: (n) => ({ specversion: '1.0', id: `${n}`, source: '/s', type: 'byCloud', externalcustomerid: 'u' }),
    count: eventsOf('byCloud'),
  },
  {
    ...{ name: 'the mobile SDK', path: '/api/v1/events', limit: MB },
    headers: () => ({ 'x-reteno-access-key': key }),
    body: (n) => ({ deviceId: 'd', events: [{ eventTypeKey: 'byApp', params: [{ name: 'n', value: n }] }] }),
    count: eventsOf('byApp'),
  },
  {
    ...{ name: 'the tracker', path: '/api/v2', limit: 512 * 1024 },
    body: (n) => ({ GeneralInfo: { siteId: SITE, eventName: 'byPage', messageId: `p${n}` } }),
    count: eventsOf('byPage'),
  },
];

const answer = z.object({
  error: z.object({ code: z.enum(['invalid_input', 'too_large']), message: z.string().min(1), field: z.any() }),
});

test.each(doors)('$name', async ({ path, headers, body, count, limit, tooLarge = 413 }) => {
  const post = (bytes: Buffer<ArrayBuffer> | string, more: Record<string, string> = {}, to = path) =>
    fetch(`${app.url}${to}`, { method: 'POST', headers: { ...headers?.(), ...more }, body: bytes });
  const gzip = { 'content-encoding': 'gzip' };
  const text = (n: number): string => JSON.stringify(body(n));
  const compressed = (value: string | Buffer): Buffer<ArrayBuffer> => Buffer.from(gzipSync(value));

  const taken = [
    await post(text(1)),
    await post(compressed(text(2)), gzip),
    await post(text(3), {}, `${path}/`),
    await post(`\uFEFF${text(4)}`),
  ];
  expect(taken.map(({ status }) => status)).toEqual([200, 200, 200, 200]);

  async function refused(status: number, bytes: Buffer<ArrayBuffer> | string, more = {}): Promise<void> {
    const said = await post(bytes, more);
    const shown = typeof bytes === 'string' ? bytes.slice(0, 80) : `${bytes.length} bytes`;
    expect({ shown, status: said.status }).toEqual({ shown, status });
    answer.parse(await said.json());
  }
  await refused(tooLarge, `"${'x'.repeat(limit)}"`);
  await refused(tooLarge, compressed(`"${' '.repeat(limit * 4)}"`), gzip);
  await refused(400, '{"not":"gzip"}', gzip);
  await refused(400, compressed(text(5)).subarray(0, 30), gzip);
  await refused(400, Buffer.from([0x22, 0xff, 0xfe, 0x22]));
  await refused(400, text(5).slice(0, -1));
  await refused(400, `${'['.repeat(200)}${']'.repeat(200)}`);
  await refused(400, text(5), { 'content-encoding': 'zstd-x' });
  for (const wrong of ['{}', '"text"', '12', 'null', '{"__proto__":{}}', '']) await refused(400, wrong);
  // Every member of another type than it should have.
  const entries = Object.keys(z.record(z.string(), z.unknown()).parse(body(6)));
  for (const name of entries) {
    if (name === 'externalcustomerid') continue;
    await refused(400, JSON.stringify({ ...Object(body(6)), [name]: { a: [1] } }));
  }
  await vi.waitFor(async () => expect(await database.db.query(count)).toEqual([{ n: 4 }]), { timeout: 20_000 });
  expect(await database.db.query('select 1 from intake_parked')).toEqual([]);
});
