import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { BUCKETS } from '#server/identity/buckets.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { createIntake, type Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { segmentRoutes } from './segment-routes.ts';

const now = Date.UTC(2026, 10, 23, 12);
let database: TestDatabase;
let deps: Deps;
let app: FastifyInstance;
let intake: Intake;
const keys = { full: '', events: '', messages: '' };

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  const apiKeys = createApiKeys(deps);
  for (const scope of ['full', 'events', 'messages'] as const) {
    keys[scope] = (await apiKeys.create(caller, { scope, name: '' })).key;
  }
  intake = createIntake(deps);
  await intake.start();
  app = Fastify();
  await app.register(segmentRoutes(deps, { intake, apiKeys }));
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await intake.stop();
  await database.drop();
});

const basic = (user: string, password = '') => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function post(url: string, body: unknown, headers: Record<string, string> = { authorization: basic(keys.full) }) {
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function work(): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
  expect(await database.db.query('select * from intake')).toEqual([]);
}

const contact = async (userId: string) =>
  (await database.db.query('select * from contact where external_customer_id = $1', [userId]))[0];
const eventsOf = (userId: string) =>
  database.db.query(
    `select t.key as type, e.params, e.at, e.key_value from event e join event_type t on t.id = e.type_id
       join contact c on c.id = e.contact_id where c.external_customer_id = $1 order by e.row_id`,
    [userId],
  );

test('a real Segment client is understood; its messages count once', async () => {
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const analytics = new Analytics({ writeKey: keys.full, host: address, flushAt: 10, maxRetries: 0 });
  const failures: unknown[] = [];
  analytics.on('error', (error) => failures.push(error));
  analytics.identify({
    userId: 'seg-1',
    traits: { email: 'seg@x.org', name: 'Ann Lee', address: { city: 'Kyiv' } },
    messageId: 'm-1',
  });
  analytics.track({ userId: 'seg-1', event: 'cartUpdated', properties: { total: 5 }, messageId: 'm-2' });
  analytics.track({ userId: 'seg-1', event: 'cartUpdated', properties: { total: 5 }, messageId: 'm-2' });
  analytics.page({ userId: 'seg-1', name: 'Home' });
  analytics.group({ userId: 'seg-1', groupId: 'acme', traits: { name: 'Acme' } });
  analytics.alias({ userId: 'seg-1', previousId: 'visitor-1' });
  await analytics.closeAndFlush();
  expect(failures).toEqual([]);
  await work();
  expect(await contact('seg-1')).toMatchObject({
    email: 'seg@x.org',
    first_name: 'Ann',
    last_name: 'Lee',
    town: 'Kyiv',
  });
  expect((await eventsOf('seg-1')).map(({ type, params }) => [type, params])).toEqual([
    ['cartUpdated', { total: 5 }],
    ['pageViewed', { name: 'Home' }],
    ['group', { groupId: 'acme', name: 'Acme' }],
    ['alias', { previousId: 'visitor-1' }],
  ]);
});

test('what cannot be taken is told and stops nothing else', async () => {
  const batch = [
    { type: 'track', userId: 'seg-2', event: 'cartUpdated', messageId: 'r-1' },
    { type: 'alias', userId: 'seg-2' },
    7,
    { type: 'track', event: 'cartUpdated' },
    { type: 'dance', userId: 'seg-2' },
    { type: 'track', userId: true, event: 'cartUpdated' },
    { type: 'track', userId: 'seg-2', event: 'large', properties: { text: 'x'.repeat(33_000) } },
    { type: 'track', userId: 'seg-2', event: ' ' },
  ];
  const answer = await post('/v1/batch', { batch });
  expect(answer).toMatchObject({ status: 200, body: { success: true } });
  expect(answer.body.rejected.map(({ index, field }: { index: number; field: string }) => [index, field])).toEqual([
    [1, 'previousId'],
    [2, null],
    [3, 'userId'],
    [4, 'type'],
    [5, 'userId'],
    [6, null],
    [7, 'event'],
  ]);
  await work();
  expect(await eventsOf('seg-2')).toHaveLength(1);
});

test('sizes beyond the limits, broken bodies and unknown keys get codes the clients do not try again', async () => {
  const message = { userId: 'seg-3', event: 'large' };
  const large = { ...message, properties: { text: 'x'.repeat(33_000) } };
  expect(await post('/v1/track', large)).toMatchObject({ status: 400, body: { error: { code: 'too_large' } } });
  const batch = Array.from({ length: 520 }, () => ({ ...message, properties: { text: 'x'.repeat(1_000) } }));
  expect(await post('/v1/batch', { batch })).toMatchObject({ status: 400, body: { error: { code: 'too_large' } } });
  expect(await post('/v1/batch', '{"batch": [')).toMatchObject({ status: 400 });
  expect(await post('/v1/batch', {})).toMatchObject({ status: 400, body: { error: { field: 'batch' } } });
  expect(await post('/v1/track', Buffer.from([0x7b, 0xff, 0x7d]))).toMatchObject({ status: 400 });
  expect(await post('/v1/track', message, {})).toMatchObject({ status: 401 });
  expect(await post('/v1/track', message, { authorization: basic('mk_wrong') })).toMatchObject({ status: 401 });
  expect(await post('/v1/track', message, { authorization: basic(keys.messages) })).toMatchObject({ status: 403 });
  await work();
  expect(await eventsOf('seg-3')).toEqual([]);
});

test('the key may be the user name, a bearer token, or lie in the body of a page that may not ask first', async () => {
  const message = { userId: 'seg-4', event: 'keyed' };
  const plain = { 'content-type': 'text/plain' };
  expect(await post('/v1/track', message, { authorization: `Bearer ${keys.events}` })).toMatchObject({ status: 200 });
  expect(await post('/v1/t', { ...message, writeKey: keys.events }, plain)).toMatchObject({ status: 200 });
  expect(await post('/v1/b', { batch: [{ ...message, type: 'track' }], writeKey: keys.events }, plain)).toMatchObject({
    status: 200,
  });
  const zipped = gzipSync(JSON.stringify({ batch: [{ ...message, type: 'track', writeKey: keys.events }] }));
  expect(await post('/v1/import', zipped, { 'content-encoding': 'gzip' })).toMatchObject({ status: 200 });
  await work();
  expect(await eventsOf('seg-4')).toHaveLength(4);
});

test('browsers are told that any page may send, where to, and that there is nothing to load', async () => {
  const asked = await app.inject({ method: 'OPTIONS', url: '/v1/t', headers: { origin: 'https://shop.example.org' } });
  expect([asked.statusCode, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
  const settings = await app.inject({ url: `/v1/projects/${keys.events}/settings` });
  expect(settings.headers['access-control-allow-origin']).toBe('*');
  expect(settings.json()).toMatchObject({
    integrations: { 'Segment.io': { apiKey: keys.events, apiHost: '127.0.0.1:4600/v1', protocol: 'http' } },
  });
  expect((await app.inject({ url: '/v1/projects/mk_wrong/settings' })).statusCode).toBe(404);
  expect(await post('/v1/m', { series: [] }, { 'content-type': 'text/plain' })).toMatchObject({ status: 200 });
});

test('a key for events identifies too; traits that are no field are kept in an event', async () => {
  const traits = { email: 'no address', firstName: 'Olha', plan: 'gold', address: { city: 'Lviv', floor: 3 } };
  const authorization = basic(keys.events);
  await post('/v1/identify', { userId: 'seg-5', traits, messageId: 'i-1' }, { authorization });
  await work();
  expect(await contact('seg-5')).toMatchObject({ first_name: 'Olha', town: 'Lviv', email: null });
  expect(await eventsOf('seg-5')).toMatchObject([
    { type: 'identify', params: { email: 'no address', plan: 'gold', 'address.floor': 3 } },
  ]);
});

test('a key for events, which anybody may read, replaces nothing and merges nobody who is known', async () => {
  const identify = (body: object, key: string) => post('/v1/identify', body, { authorization: basic(key) });
  await identify({ userId: 'seg-10', traits: { email: 'ten@x.org', firstName: 'Olha' } }, keys.full);
  await identify({ userId: 'seg-11', traits: { phone: '+380501112299' } }, keys.full);
  await post('/v1/identify', { traits: { email: 'eleven@x.org' }, anonymousId: 'visitor-11' });
  await work();
  const traits = { email: 'evil@x.org', firstName: 'Evil', lastName: 'Lee' };
  await identify({ userId: 'seg-10', traits }, keys.events);
  await identify({ userId: 'seg-11', traits: { email: 'eleven@x.org' } }, keys.events);
  await work();
  expect(await contact('seg-10')).toMatchObject({ email: 'ten@x.org', first_name: 'Olha', last_name: 'Lee' });
  expect(await database.db.query('select * from contact_merge')).toEqual([]);
  await identify({ userId: 'seg-10', traits }, keys.full);
  await work();
  expect(await contact('seg-10')).toMatchObject({ email: 'evil@x.org', first_name: 'Evil' });
});

test('ids that no index holds are refused, and hold up nobody', async () => {
  const long = randomBytes(3_000).toString('base64');
  const batch = [
    { type: 'track', anonymousId: long, event: 'viewed' },
    { type: 'alias', userId: 'seg-12', previousId: long },
    { type: 'track', userId: 'seg-12', event: 'viewed', context: { device: { id: long, token: long } } },
  ];
  const { body } = await post('/v1/batch', { batch });
  expect(body.rejected.map(({ index, field }: { index: number; field: string }) => [index, field])).toEqual([
    [0, 'anonymousId'],
    [1, 'previousId'],
  ]);
  await work();
  expect(await eventsOf('seg-12')).toHaveLength(1);
});

test('clocks that are wrong are put right by when the message was sent', async () => {
  const at = (ms: number) => new Date(ms).toISOString();
  const day = 86_400_000;
  const batch = (sentAt: number | undefined, timestamp: number, event: string) =>
    post('/v1/batch', {
      batch: [{ type: 'track', userId: 'seg-6', event, timestamp: at(timestamp) }],
      ...(sentAt !== undefined && { sentAt: at(sentAt) }),
    });
  await batch(now - 2_000, now - day, 'right clock, queued for a day');
  await batch(now + 3 * day, now + 3 * day - 60_000, 'three days ahead');
  await batch(0, 0, 'no battery');
  await batch(undefined, now - 5_000, 'never says when it sends');
  await batch(undefined, now + day, 'tomorrow');
  await work();
  const found = await eventsOf('seg-6');
  expect(found.map(({ type, at: when }) => [type, when instanceof Date && when.getTime() - now])).toEqual([
    ['right clock, queued for a day', -day],
    ['three days ahead', -60_000],
    ['no battery', 0],
    ['never says when it sends', -5_000],
    ['tomorrow', 0],
  ]);
});

test('what a visitor did before is theirs once they are known, by identify or by alias', async () => {
  const track = (body: object) => post('/v1/track', { event: 'productViewed', ...body });
  await track({ anonymousId: 'visitor-7' });
  await track({ anonymousId: 'visitor-8' });
  await work();
  await post('/v1/identify', { userId: 'seg-7', anonymousId: 'visitor-7', traits: { firstName: 'Iryna' } });
  await post('/v1/alias', { userId: 'seg-7', previousId: 'visitor-8' });
  await work();
  await track({ anonymousId: 'visitor-7' });
  await track({ anonymousId: 'visitor-8' });
  await work();
  const types = (await eventsOf('seg-7')).map(({ type }) => type);
  expect(types.toSorted()).toEqual(['alias', ...Array.from({ length: 4 }, () => 'productViewed')]);
});

test('alias never makes one contact of two External IDs', async () => {
  for (const userId of ['seg-8', 'seg-9']) await post('/v1/track', { userId, event: 'productViewed' });
  await post('/v1/alias', { userId: 'seg-9', previousId: 'seg-8' });
  await work();
  expect((await eventsOf('seg-8')).map(({ type }) => type)).toEqual(['productViewed']);
  expect((await eventsOf('seg-9')).map(({ type }) => type)).toEqual(['productViewed', 'alias']);
});
