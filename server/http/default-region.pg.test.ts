/** MUSTER_DEFAULT_REGION at every door: a national number is read as one of that country, whoever sends it. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUCKETS } from '#server/identity/buckets.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { composeParts, type Parts } from '#server/parts.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';

const SITE = '0190f000-0000-7000-8000-000000000001';
const now = Date.UTC(2026, 10, 23, 12);
let database: TestDatabase;
let deps: Deps;
let parts: Parts;
let app: FastifyInstance;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const plain = createTestDeps(database.db, { now: () => now });
  deps = { ...plain, config: { ...plain.config, defaultRegion: 'UA' } };
  parts = composeParts(deps, { say: () => undefined, oldestClient: 1 });
  ({ key } = await parts.apiKeys.create(caller, { scope: 'full', name: 'the shop' }));
  const site = { name: 'Shop', domains: ['example.com'], consent: 'none', ignoredAddresses: [], createdAt: 1 };
  const mapping = [{ parameter: 'tel', field: 'phone' }];
  await database.db.tx(async (tx) => {
    await writeDocument(tx, 'site', SITE, site);
    await writeDocument(tx, 'event-type', 'event-type:called', {
      key: 'called',
      name: 'Called',
      parameters: [],
      mapping,
      createdAt: 1,
    });
  });
  app = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  for (const route of parts.routes) await app.register(route);
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const api = () => ({ authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}` });
const segment = () => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });
const mobile = () => ({ 'x-reteno-access-key': key });
const page = () => ({ origin: 'https://shop.example.com', 'user-agent': 'Mozilla/5.0 (X11) Firefox/140.0' });
const event = (params: object) => ({ eventTypeKey: 'seen', params });

type Door = [name: string, url: string, headers: () => Record<string, string>, body: (phone: string) => object];
const doors: Door[] = [
  ['contact', '/api/v1/contact', api, (value) => ({ channels: [{ type: 'sms', value }] })],
  [
    'a further phone of a contact',
    '/api/v1/contact',
    api,
    (value) => ({
      channels: [
        { type: 'sms', value: '+447911123456' },
        { type: 'sms', value },
      ],
    }),
  ],
  ['contacts in bulk', '/api/v1/contacts', api, (value) => ({ contacts: [{ channels: [{ type: 'sms', value }] }] })],
  ['sign-up', '/api/v1/contact/subscribe', api, (value) => ({ contact: { channels: [{ type: 'sms', value }] } })],
  ['event', '/api/v3/event', api, (phone) => event({ phone })],
  ['event whose type has a mapping', '/api/v3/event', api, (tel) => ({ eventTypeKey: 'called', params: { tel } })],
  [
    'order',
    '/api/v1/orders',
    api,
    (phone) => ({
      orders: [
        {
          ...{ externalOrderId: phone, externalCustomerId: phone, phone, totalCost: 1, status: 'DELIVERED' },
          ...{ date: '2026-11-01T10:00:00Z', currency: 'UAH' },
          items: [{ externalItemId: '1', name: 'Mug', quantity: 1, cost: 1, url: 'https://shop.example.com/mug' }],
        },
      ],
    }),
  ],
  ['Segment’s identify', '/v1/identify', segment, (phone) => ({ userId: `s-${phone}`, traits: { phone } })],
  [
    'CloudEvents',
    '/api/cloudevents',
    () => ({ ...api(), 'content-type': 'application/cloudevents+json' }),
    (phone) => ({ specversion: '1.0', id: phone, source: '/shop', type: 'seen', data: { phone } }),
  ],
  ['an app’s device', '/api/v1/device', mobile, (phone) => ({ deviceId: `d-${phone}`, phone })],
  [
    'an app’s user',
    '/api/v1/user',
    mobile,
    (phone) => ({ deviceId: `u-${phone}`, externalUserId: `u-${phone}`, userAttributes: { phone } }),
  ],
  [
    'page',
    '/api/v2',
    page,
    (user_phone) => ({
      GeneralInfo: { eventName: 'CustomerData', siteId: SITE, datetime: now, cookies: { sc: user_phone } },
      CustomerData: { user_phone },
    }),
  ],
];

test.each(doors.map((door, at) => [door[0], at] as const))('%s', async (_name, at) => {
  const [, url, headers, body] = doors[at] ?? expect.fail();
  const phone = `067 000 00 ${10 + at}`;
  const payload = JSON.stringify(body(phone));
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers() },
    payload,
  });
  expect([answer.statusCode, answer.body]).toEqual([expect.toBeOneOf([200, 202]), expect.any(String)]);
  for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
  const found = await database.db.query("select value from identifier where kind = 'phone' and value = $1", [
    `+3806700000${10 + at}`,
  ]);
  expect(found).toHaveLength(1);
});

test('one looks for contacts by the same numbers, and says the region to the apps', async () => {
  const found = await app.inject({ method: 'GET', url: '/api/v1/contacts?sms=0670000010', headers: api() });
  expect(found.json()).toHaveLength(1);
  expect((await parts.ports.system.info()).workspace.defaultRegion).toBe('UA');
});
