import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { BUCKETS } from '#server/identity/buckets.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { createIntake, type Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { mobileRoutes } from './mobile-routes.ts';

const now = Date.UTC(2026, 10, 23, 12);
let database: TestDatabase;
let deps: Deps;
let app: FastifyInstance;
let intake: Intake;
let key = '';
let fullKey = '';
let isBusy = false;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  const apiKeys = createApiKeys(deps);
  key = (await apiKeys.create(caller, { scope: 'events', name: '' })).key;
  fullKey = (await apiKeys.create(caller, { scope: 'full', name: '' })).key;
  intake = createIntake(deps);
  await intake.start();
  app = Fastify();
  const append: Intake['append'] = (rows) =>
    isBusy ? Promise.reject(new UserError('rate_limited', 'The server is busy.')) : intake.append(rows);
  await app.register(mobileRoutes(deps, { intake: { append }, apiKeys }));
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await intake.stop();
  await database.drop();
});

async function send(method: 'POST' | 'PUT', url: string, payload: object, by = key): Promise<number> {
  const answer = await app.inject({ method, url, headers: { 'x-reteno-access-key': by }, payload });
  return answer.statusCode;
}
const post = (path: string, payload: object, by = key) => send('POST', `/api/v1/${path}`, payload, by);

async function work(): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
  expect(await database.db.query('select error from intake')).toEqual([]);
}

const contactsBy = (kind: string, value: string) =>
  database.db.query(
    `select c.* from contact c join identifier i on i.contact_id = c.id
      where i.kind = $1 and i.value = $2 and c.deleted_at is null`,
    [kind, value],
  );
const eventsOf = async (id: unknown) =>
  (
    await database.db.query(
      `select t.key as type, e.params, e.at from event e join event_type t on t.id = e.type_id
        where e.contact_id = $1 order by e.row_id`,
      [id],
    )
  ).map(({ type, params, at }) => ({ type, params, at }));

test('an app is installed, somebody signs in: one card, of which only what changed is written', async () => {
  expect(await post('device', { deviceId: 'd-1', pushToken: 't-1', pushSubscribed: true, osType: 'IOS' })).toBe(200);
  await work();
  const [installed] = await contactsBy('mobileToken', 't-1');
  expect(installed).toMatchObject({ external_customer_id: null });
  await post('user', {
    deviceId: 'd-1',
    externalUserId: 'app-1',
    userAttributes: { email: 'App1@x.org', firstName: 'Ann', address: { town: 'Lviv' } },
    subscriptionKeys: ['news'],
  });
  await post('user', { deviceId: 'd-1', externalUserId: 'app-1', userAttributes: { lastName: 'Lee', phone: 'none' } });
  await work();
  const [signedIn, ...others] = await contactsBy('deviceId', 'd-1');
  expect(others).toEqual([]);
  expect(signedIn).toMatchObject({
    external_customer_id: 'app-1',
    email: 'App1@x.org',
    first_name: 'Ann',
    last_name: 'Lee',
    town: 'Lviv',
    phone: null,
  });
  expect(await contactsBy('mobileToken', 't-1')).toMatchObject([{ id: signedIn?.id }]);
  const kept = (await eventsOf(signedIn?.id)).filter(({ type }) => type === 'userUpdated');
  expect(kept.map(({ params }) => params)).toEqual([
    { subscriptionKeys: ['news'] },
    { ignored: { phone: expect.stringContaining('phone') } },
  ]);
});

test('a key for events, which lies in the app, replaces nothing and makes no list; another one does', async () => {
  const user = (lastName: string) => ({
    ...{ deviceId: 'd-7', externalUserId: 'app-7', userAttributes: { lastName } },
    ...{ groupNamesInclude: ['App users'], groupNamesExclude: [] },
  });
  const lists = () => database.db.query(`select body ->> 'name' as name from document where kind = 'list'`);
  for (const lastName of ['Lee', 'Evil']) await post('user', user(lastName));
  await work();
  const [contact] = await contactsBy('externalCustomerId', 'app-7');
  expect([contact?.last_name, await lists()]).toEqual(['Lee', []]);
  expect(await eventsOf(contact?.id)).toMatchObject([
    { type: 'userUpdated', params: { groupNamesInclude: ['App users'] } },
  ]);
  await post('user', user('Bond'), fullKey);
  await work();
  const [changed] = await contactsBy('externalCustomerId', 'app-7');
  expect([changed?.last_name, await lists()]).toEqual(['Bond', [{ name: 'App users' }]]);
});

test('what a person chose in the app goes through the ledger; a key for events only tells of it', async () => {
  const body = { key: 'app-news', name: 'News', description: '', createdAt: 1 };
  await database.db.tx((tx) => writeDocument(tx, 'category', 'category:app-news', body));
  const user = { deviceId: 'd-9', externalUserId: 'app-9', userAttributes: {}, subscriptionKeys: ['app-news', 'none'] };
  const said = () =>
    database.db.query(
      `select c.purpose, c.act, c.source, m.state from consent c
         join identifier i on i.contact_id = c.contact_id and i.value = 'app-9'
         join membership m on m.contact_id = c.contact_id and m.list_id = c.purpose`,
    );
  await post('user', user);
  await work();
  expect(await said()).toEqual([]);
  await post('user', user, fullKey);
  await work();
  expect(await said()).toEqual([{ purpose: 'category:app-news', act: 'granted', source: 'app', state: 'subscribed' }]);
  const [contact] = await contactsBy('externalCustomerId', 'app-9');
  const kept = (await eventsOf(contact?.id)).filter(({ type }) => type === 'userUpdated');
  expect(kept.map(({ params }) => params)).toEqual([
    { subscriptionKeys: ['app-news', 'none'] },
    { ignored: { subscriptionKeys: [{ key: 'none', reason: 'There is no such category.' }] } },
  ]);
});

test('a device that somebody else signs in on is theirs from then on', async () => {
  for (const externalUserId of ['app-2', 'app-3']) {
    await post('device', { deviceId: 'd-2', externalUserId, pushToken: 't-2' });
    await work();
    expect(await contactsBy('mobileToken', 't-2')).toMatchObject([{ external_customer_id: externalUserId }]);
  }
  expect(await contactsBy('externalCustomerId', 'app-2')).toHaveLength(1);
});

test('events that got no answer are sent again and count once', async () => {
  const body = {
    deviceId: 'd-4',
    externalUserId: 'app-4',
    events: [
      {
        eventTypeKey: 'screenView',
        occurred: '2026-11-23T10:00:00.000Z',
        params: [{ name: 'screenClass', value: 'A' }],
      },
      {
        eventTypeKey: 'screenView',
        occurred: '2026-11-23T10:00:00.001Z',
        params: [{ name: 'screenClass', value: 'A' }],
      },
      { eventTypeKey: 'screenView', occurred: '2030-01-01T00:00:00Z', params: null },
    ],
  };
  await post('events', body);
  await post('events', body);
  await work();
  const [contact] = await contactsBy('externalCustomerId', 'app-4');
  expect(await eventsOf(contact?.id)).toEqual([
    { type: 'screenView', params: { screenClass: 'A' }, at: new Date('2026-11-23T10:00:00.000Z') },
    { type: 'screenView', params: { screenClass: 'A' }, at: new Date('2026-11-23T10:00:00.001Z') },
    { type: 'screenView', params: {}, at: new Date(now) },
  ]);
});

test('what an SDK numbers itself is taken once, late repeats change nothing back, and equal events are two', async () => {
  const event = { eventTypeKey: 'tap', occurred: '2026-11-23T10:00:00.000Z', params: [] };
  const who = { deviceId: 'd-8', externalUserId: 'app-8' };
  const events = { ...who, events: ['m-1', 'm-2'].map((messageId) => ({ ...event, messageId })) };
  const user = (messageId: string, firstName: string) => ({
    ...{ ...who, messageId, userAttributes: { firstName, unknownThing: firstName } },
  });
  for (const body of [user('u-1', 'Ann'), user('u-2', 'Bo'), user('u-1', 'Ann')]) await post('user', body, fullKey);
  const device = { ...who, messageId: 'v-1', osType: 'IOS' };
  for (let at = 0; at < 2; at++) await Promise.all([post('events', events), post('device', device)]);
  await work();
  const [contact] = await contactsBy('externalCustomerId', 'app-8');
  expect(contact?.first_name).toBe('Bo');
  const types = (await eventsOf(contact?.id)).map(({ type }) => type).sort();
  expect(types).toEqual(['deviceUpdated', 'tap', 'tap', 'userUpdated', 'userUpdated']);
});

test('pages of any origin may call it, also to hear that their key is not taken', async () => {
  const asked = await app.inject({
    method: 'OPTIONS',
    url: '/api/v1/events',
    headers: { origin: 'https://app.example' },
  });
  expect([asked.statusCode, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
  expect(asked.headers['access-control-allow-headers']).toContain('x-reteno-access-key');
  const answered = await app.inject({ method: 'POST', url: '/api/v1/device', payload: {} });
  expect([answered.statusCode, answered.headers['access-control-allow-origin']]).toEqual([401, '*']);
});

test('a push that was opened is known by its token', async () => {
  await post('device', { deviceId: 'd-5', externalUserId: 'app-5', pushToken: 't-5' });
  await send('PUT', '/api/v1/interactions/i-5/status', {
    status: 'OPENED',
    time: '2026-11-23T11:00:00Z',
    token: 't-5',
  });
  await work();
  const [contact] = await contactsBy('externalCustomerId', 'app-5');
  expect((await eventsOf(contact?.id)).map(({ type }) => type)).toEqual(['deviceUpdated', 'pushOpened']);
});

test('an app is told “later” in the one way that makes it try again', async () => {
  isBusy = true;
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/device',
    headers: { 'x-reteno-access-key': key },
    payload: { deviceId: 'd-6' },
  });
  isBusy = false;
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
});
