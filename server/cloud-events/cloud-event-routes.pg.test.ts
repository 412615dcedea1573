import { gzipSync } from 'node:zlib';
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
import { cloudEventRoutes } from './cloud-event-routes.ts';

const now = Date.UTC(2026, 10, 23, 12);
let database: TestDatabase;
let deps: Deps;
let app: FastifyInstance;
let intake: Intake;
let key = '';

beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  const apiKeys = createApiKeys(deps);
  key = (await apiKeys.create(caller, { scope: 'events', name: '' })).key;
  intake = createIntake(deps);
  await intake.start();
  app = Fastify();
  await app.register(cloudEventRoutes(deps, { intake, apiKeys }));
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await intake.stop();
  await database.drop();
});

const structured = 'application/cloudevents+json; charset=utf-8';
const batched = 'application/cloudevents-batch+json';

async function send(payload: Buffer | string, headers: Record<string, string>, authorization = `Bearer ${key}`) {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/cloudevents',
    headers: { authorization, ...headers },
    payload,
  });
  return { status: answer.statusCode, body: answer.json() };
}
const post = (body: unknown, contentType = structured) => send(JSON.stringify(body), { 'content-type': contentType });

async function work(): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
  expect(await database.db.query('select * from intake')).toEqual([]);
}

const eventsOf = (column: string, value: string) =>
  database.db.query(
    `select t.key as type, e.params, e.at from event e join event_type t on t.id = e.type_id
       join contact c on c.id = e.contact_id where c.${column} = $1 order by e.row_id`,
    [value],
  );

let count = 0;
const event = (more: object = {}) => ({
  specversion: '1.0',
  id: `e-${count++}`,
  source: '/shop/orders',
  type: 'org.example.orderPaid',
  ...more,
});

test('structured mode: an event of the person its attributes name, at its time, its attributes kept', async () => {
  const given = event({
    id: 'ce-1',
    subject: 'order/1',
    time: '2026-11-22T10:00:00.25Z',
    dataschema: 'https://example.org/paid.json',
    externalcustomerid: 'ce-ann',
    traceparent: '00-af',
    data: { total: 12.5 },
  });
  expect(await post(given)).toEqual({ status: 200, body: { accepted: 1, rejected: [] } });
  await post(given);
  await work();
  expect(await eventsOf('external_customer_id', 'ce-ann')).toEqual([
    {
      type: 'org.example.orderPaid',
      at: new Date('2026-11-22T10:00:00.250Z'),
      params: {
        total: 12.5,
        cloudEvent: {
          id: 'ce-1',
          source: '/shop/orders',
          subject: 'order/1',
          dataschema: 'https://example.org/paid.json',
          externalcustomerid: 'ce-ann',
          traceparent: '00-af',
        },
      },
    },
  ]);
});

test('source and id together name an event once; either alone does not', async () => {
  const email = 'once@x.org';
  for (const [source, id] of [
    ['/a', '1'],
    ['/a', '1'],
    ['/b', '1'],
    ['/a', '2'],
  ]) {
    expect((await post(event({ source, id, email }))).status).toBe(200);
  }
  await work();
  expect(await eventsOf('email_fold', email)).toHaveLength(3);
});

test('who it is: attributes before data before subject', async () => {
  await post(event({ email: 'first@x.org', data: { email: 'second@x.org' }, subject: 'third@x.org' }));
  await post(event({ data: { Email: 'second@x.org' }, subject: 'third@x.org' }));
  await post(event({ subject: 'third@x.org' }));
  await post(event({ subject: '+380501112299' }));
  await post(event({ subject: 'ce-customer-7' }));
  await work();
  for (const who of ['first@x.org', 'second@x.org', 'third@x.org']) {
    expect(await eventsOf('email_fold', who)).toHaveLength(1);
  }
  expect(await eventsOf('phone', '+380501112299')).toHaveLength(1);
  expect(await eventsOf('external_customer_id', 'ce-customer-7')).toHaveLength(1);
});

test('what the specification requires is required, and the field is named', async () => {
  const { specversion: _version, ...unversioned } = event({ subject: 'a@x.org' });
  const bad: [unknown, string][] = [
    [unversioned, 'specversion'],
    [event({ specversion: '0.3', subject: 'a@x.org' }), 'specversion'],
    [event({ id: '', subject: 'a@x.org' }), 'id'],
    [event({ id: 7, subject: 'a@x.org' }), 'id'],
    [event({ source: undefined, subject: 'a@x.org' }), 'source'],
    [event({ type: undefined, subject: 'a@x.org' }), 'type'],
    [event({ time: 'yesterday', subject: 'a@x.org' }), 'time'],
    [event({ subject: '' }), 'subject'],
    [event({ subject: 'a@x.org', 'Trace-Parent': 'x' }), 'Trace-Parent'],
    [event({ subject: 'a@x.org', nested: { a: 1 } }), 'nested'],
    [event({ subject: 'a@x.org', data: 1, data_base64: 'AA==' }), 'data_base64'],
    [event({ subject: 'a@x.org', data_base64: '!' }), 'data_base64'],
    [event(), 'subject'],
  ];
  for (const [body, field] of bad) {
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_input', field } } });
  }
  expect(await post('text')).toMatchObject({ status: 400 });
  expect(await send('{"id":', { 'content-type': structured })).toMatchObject({ status: 400 });
  expect(await send(Buffer.from([0xff]), { 'content-type': structured })).toMatchObject({ status: 400 });
  await work();
  expect(await eventsOf('email_fold', 'a@x.org')).toEqual([]);
});

test('a batch takes what it can and tells the rest; a batch of nothing good is refused', async () => {
  const email = 'batch@x.org';
  expect(await post([event({ email }), event({ email, id: '' }), event({ email })], batched)).toMatchObject({
    status: 200,
    body: { accepted: 2, rejected: [{ index: 1, field: 'id' }] },
  });
  expect(await post([], batched)).toEqual({ status: 200, body: { accepted: 0, rejected: [] } });
  expect(await post([event({ type: 1, email })], batched)).toMatchObject({
    status: 400,
    body: { error: { field: '[0].type' } },
  });
  expect(await post(event({ email }), batched)).toMatchObject({ status: 400 });
  await work();
  expect(await eventsOf('email_fold', email)).toHaveLength(2);
});

test('binary mode: attributes in headers, percent-encoded; data of any type', async () => {
  const headers = (more: Record<string, string>) => ({
    'ce-specversion': '1.0',
    'ce-type': 'viewed',
    'ce-source': '/%E2%82%AC',
    'ce-email': 'binary@x.org',
    ...more,
  });
  const json = { 'content-type': 'application/vnd.shop+json' };
  expect(await send('{"price": 1}', headers({ ...json, 'ce-id': '1', 'ce-note': '"100%"' }))).toMatchObject({
    status: 200,
  });
  expect(await send('plain', headers({ 'content-type': 'text/plain', 'ce-id': '2' }))).toMatchObject({ status: 200 });
  expect(await send(Buffer.from([0xff, 0]), headers({ 'content-type': 'image/png', 'ce-id': '3' }))).toMatchObject({
    status: 200,
  });
  expect(await send('', headers({ 'ce-id': '4' }))).toMatchObject({ status: 200 });
  const zipped = headers({ ...json, 'ce-id': '5', 'content-encoding': 'gzip' });
  expect(await send(gzipSync('{"price": 2}'), zipped)).toMatchObject({ status: 200 });
  expect(await send('{}', headers({ ...json }))).toMatchObject({ status: 400, body: { error: { field: 'id' } } });
  await work();
  const about = (id: string) => ({ id, source: '/€', email: 'binary@x.org' });
  expect((await eventsOf('email_fold', 'binary@x.org')).map(({ params }) => params)).toEqual([
    { price: 1, cloudEvent: { ...about('1'), note: '100%' } },
    { data: 'plain', cloudEvent: about('2') },
    { dataBase64: '/wA=', cloudEvent: about('3') },
    { cloudEvent: about('4') },
    { price: 2, cloudEvent: about('5') },
  ]);
});

test('other content types, too much, and no key are refused with their own codes', async () => {
  expect(await post(event(), 'application/json')).toMatchObject({ status: 415 });
  expect(await post(event(), 'application/cloudevents+avro')).toMatchObject({ status: 415 });
  const huge = event({ email: 'a@x.org', data: { text: 'x'.repeat(5_300_000) } });
  expect(await post(huge)).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
  const body = JSON.stringify(event({ email: 'a@x.org' }));
  expect(await send(body, { 'content-type': structured }, 'Bearer wrong')).toMatchObject({ status: 401 });
  expect((await app.inject({ method: 'POST', url: '/api/cloudevents', payload: body })).statusCode).toBe(401);
});

test('a sender of web hooks is told that it may send', async () => {
  const answer = await app.inject({
    method: 'OPTIONS',
    url: '/api/cloudevents',
    headers: { 'webhook-request-origin': 'eventemitter.example.com' },
  });
  expect([answer.statusCode, answer.headers['webhook-allowed-origin']]).toEqual([204, 'eventemitter.example.com']);
});
