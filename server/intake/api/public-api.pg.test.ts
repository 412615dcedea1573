import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, openPublicApi, type PublicApiStage } from '#tests/support/public-api-stage.ts';

const now = Date.UTC(2026, 10, 23, 12);
let stage: PublicApiStage;
let database: PublicApiStage['database'];
let app: PublicApiStage['app'];
let post: PublicApiStage['post'];
let keys: PublicApiStage['keys'];

beforeAll(async () => {
  stage = await openPublicApi({ now: () => now });
  ({ database, app, post, keys } = stage);
});
afterAll(() => stage.close());

async function work(): Promise<void> {
  await stage.work();
  expect(await database.db.query('select * from intake')).toEqual([]);
}

const contact = async (where: string) =>
  (
    await database.db.query(
      `select c.*, (select count(*) from event e where e.contact_id = c.id) as events from contact c where ${where}`,
    )
  )[0];

test('the key is the password whatever the user name; wrong keys and scopes are refused with a code', async () => {
  const body = { eventTypeKey: 'ping', params: { email: 'auth@x.org' } };
  expect((await post('/api/v3/event', body, basic('anything', keys.events))).status).toBe(200);
  expect((await post('/api/v3/event', body, basic('', keys.full))).status).toBe(200);
  expect(await post('/api/v3/event', body, basic('u', 'wrong'))).toMatchObject({
    status: 401,
    body: { error: { code: 'unauthorized' } },
  });
  expect((await app.inject({ method: 'POST', url: '/api/v3/event', payload: body })).statusCode).toBe(401);
  expect(await post('/api/v3/event', body, basic('', keys.messages))).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden' } },
  });
  expect((await post('/api/v1/contact', { externalCustomerId: '1' }, basic('', keys.events))).status).toBe(403);
  expect((await post('/api/v1/contact', { externalCustomerId: 'auth' }, basic('', keys.contacts))).status).toBe(200);
  const info = await app.inject({
    url: '/api/v1/account/info',
    headers: { authorization: basic('x', keys.messages) },
  });
  expect(info.json()).toEqual({ orgId: 1, userEmail: '', organisationName: 'My workspace' });
  await work();
});

test('a key for events may add to history and to contacts, and end or replace nothing', async () => {
  const events = basic('', keys.events);
  await post('/api/v1/contact', { externalCustomerId: 'only', channels: [{ type: 'email', value: 'only@x.org' }] });
  const params = { externalCustomerId: 'only', email: 'evil@x.org', phone: '+380501112298' };
  await post('/api/v3/event', { eventTypeKey: 'kept', params }, events);
  await work();
  expect(await contact(`external_customer_id = 'only'`)).toMatchObject({ email: 'only@x.org', phone: '+380501112298' });
  const url = '/api/v1/past_events?eventTypeKey=kept';
  const ask = (authorization: string) => app.inject({ method: 'DELETE', url, headers: { authorization } });
  expect((await ask(events)).statusCode).toBe(403);
  expect(await contact(`external_customer_id = 'only'`)).toMatchObject({ events: 1 });
  expect((await ask(basic('', keys.contacts))).json()).toEqual({ deleted: 1 });
});

test('POST /v1/contact adds, then updates the same contact, and answers its id', async () => {
  const first = await post('/api/v1/contact', {
    firstName: 'Олена',
    channels: [
      { type: 'email', value: 'Olena@Shop.example' },
      { type: 'sms', value: '+380 50 111 22 33' },
    ],
    address: { town: 'Київ', postcode: '01001' },
    externalCustomerId: 5512,
  });
  expect(first).toEqual({ status: 200, body: { id: expect.any(Number) } });
  const second = await post('/api/v1/contact', {
    channels: [{ type: 'email', value: 'olena@shop.example' }],
    lastName: 'Коваль',
  });
  expect(second).toEqual(first);
  expect(await contact(`external_customer_id = '5512'`)).toMatchObject({
    id: first.body.id,
    first_name: 'Олена',
    last_name: 'Коваль',
    email: 'olena@shop.example',
    phone: '+380501112233',
    town: 'Київ',
    source: 'API',
  });
});

test('POST /v1/contact first settles what is pending about that contact', async () => {
  await post('/api/v3/event', { eventTypeKey: 'viewed', params: { email: 'pending@x.org' } });
  const { body } = await post('/api/v1/contact', { channels: [{ type: 'email', value: 'pending@x.org' }] });
  expect(await contact(`id = ${body.id}`)).toMatchObject({ source: 'Event', events: 1 });
});

test('validation names the field', async () => {
  const bad = async (url: string, body: unknown) => {
    const answer = await post(url, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_input' } } });
    return answer.body.error.field;
  };
  expect(await bad('/api/v1/contact', { channels: [{ type: 'email', value: 'nobody' }] })).toBe('channels (email)');
  expect(await bad('/api/v1/contact', { firstName: 'X' })).toBe('channels');
  expect(await bad('/api/v1/contact', { channels: [{ type: 'email' }] })).toBe('channels[0].value');
  expect(await bad('/api/v3/event', { params: { email: 'a@x.org' } })).toBe('eventTypeKey');
  expect(await bad('/api/v3/event', { eventTypeKey: 'x', params: { colour: 'red' } })).toBe('params');
  expect(await bad('/api/v3/event', { eventTypeKey: 'x', params: { email: 'red' } })).toBe('params.email');
  expect(await bad('/api/v1/orders', { orders: [] })).toBe('orders');
  expect(await bad('/api/v1/contacts', { contacts: [{}], dedupeOn: 'colour' })).toBe('dedupeOn');
  const broken = await app.inject({
    method: 'POST',
    url: '/api/v3/event',
    headers: { authorization: basic('', keys.full), 'content-type': 'application/json' },
    payload: '{"eventTypeKey": ',
  });
  expect([broken.statusCode, broken.json().error.code]).toEqual([400, 'invalid_input']);
  const huge = await post('/api/v3/event', {
    eventTypeKey: 'x',
    params: { email: 'a@x.org', text: 'x'.repeat(11_000_000) },
  });
  expect(huge).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
});

test('POST /v1/contacts takes what it can, tells the rest, and writes by dedupeOn', async () => {
  const { body } = await post('/api/v1/contacts', {
    dedupeOn: 'email',
    contacts: [
      { firstName: 'A', channels: [{ type: 'email', value: 'bulk-a@x.org' }], address: { town: 'Lviv' } },
      { firstName: 'B', channels: [{ type: 'email', value: 'nobody' }] },
      { firstName: 'C', channels: [{ type: 'sms', value: '+380501234567' }] },
      'text',
      { firstName: 'A2', channels: [{ type: 'email', value: 'BULK-A@x.org' }], externalCustomerId: 'bulk-a' },
    ],
  });
  expect(body).toMatchObject({ id: 0, asyncSessionId: expect.any(String) });
  expect(body.failedContacts.map(({ index, field }: { index: number; field: string }) => [index, field])).toEqual([
    [1, 'channels (email)'],
    [2, 'dedupeOn'],
    [3, ''],
  ]);
  await work();
  expect(await contact(`email_fold = 'bulk-a@x.org'`)).toMatchObject({
    first_name: 'A2',
    external_customer_id: 'bulk-a',
    town: 'Lviv',
  });
  await post('/api/v1/contacts', {
    dedupeOn: 'email',
    contactFields: ['town', 'sms'],
    contacts: [
      {
        firstName: 'ignored',
        channels: [
          { type: 'email', value: 'bulk-a@x.org' },
          { type: 'sms', value: '+380507654321' },
        ],
      },
    ],
  });
  await work();
  expect(await contact(`external_customer_id = 'bulk-a'`)).toMatchObject({
    first_name: 'A2',
    town: null,
    phone: '+380507654321',
  });
});

test('events find or make their contact, keep their parameters, and tolerate what JSON allows', async () => {
  await post('/api/v3/event', {
    eventTypeKey: 'productViewed',
    params: { Email: 'ev@x.org', price: 12.5, tags: ['a'], note: 'nul \u0000 and \ud800' },
  });
  await post('/api/v1/event', {
    eventTypeKey: 'productViewed',
    keyValue: 'EV@x.org',
    params: [{ name: 'price', value: '3' }],
  });
  await work();
  expect(await contact(`email_fold = 'ev@x.org'`)).toMatchObject({ source: 'Event', events: 2 });
  const [event] = await database.db.query(
    `select params, at from event e join contact c on c.id = e.contact_id where c.email_fold = 'ev@x.org' order by row_id limit 1`,
  );
  expect(event).toEqual({
    params: { Email: 'ev@x.org', price: 12.5, tags: ['a'], note: 'nul \uFFFD and \uFFFD' },
    at: new Date(now),
  });
});

const order = (more: object = {}) => ({
  externalOrderId: 'api-1',
  externalCustomerId: 'api-customer',
  date: '2026-11-01T10:00:00+02:00',
  status: 'IN_PROGRESS',
  totalCost: 30,
  email: 'buyer@x.org',
  currency: 'GBP',
  deliveryMethod: 'post',
  items: [
    { externalItemId: 7, name: 'Mug', category: 'Kitchen', quantity: 2, cost: '12.555', url: 'https://x.org/7' },
    { externalItemId: 8, name: 'Tea', category: 'Kitchen', quantity: 1, cost: 4.89 },
  ],
  ...more,
});

test('orders are stored with their lines; the same id updates; equal content changes nothing; bad ones are told', async () => {
  const { status, body } = await post('/api/v1/orders', {
    orders: [
      order(),
      order({ externalOrderId: 'bad', date: 'soon' }),
      order({ externalOrderId: 'bad2', items: [{ externalItemId: 1, quantity: 'x', cost: 1 }] }),
    ],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    asyncSessionId: expect.any(String),
    failedOrders: [
      { index: 1, externalOrderId: 'bad', field: 'date' },
      { index: 2, externalOrderId: 'bad2', field: 'items[0].quantity' },
    ],
  });
  await work();
  const read = async () =>
    (
      await database.db.query(
        `select o.*, c.email, c.source as contact_source from orders o join contact c on c.id = o.contact_id where external_order_id = 'api-1'`,
      )
    )[0];
  expect(await read()).toMatchObject({
    at: new Date('2026-11-01T08:00:00Z'),
    status: 'IN_PROGRESS',
    gross: 300_000,
    gross_lines: 2,
    line_count: 2,
    email: 'buyer@x.org',
    contact_source: 'Order',
    extra: { deliveryMethod: 'post', totalCost: 30 },
    source: 'API',
  });
  await database.db.query('delete from dirty');
  await post('/api/v1/orders', { orders: [order()] });
  await work();
  expect(await database.db.query('select * from dirty')).toEqual([]);
  await post('/api/v1/orders', { orders: [order({ status: 'DELIVERED' }), order({ status: 'cancelled' })] });
  await work();
  expect(await read()).toMatchObject({ status: 'CANCELLED', gross: 0, gross_lines: 0, line_count: 2 });
  expect(await database.db.query('select tbl from dirty')).toEqual([
    { tbl: 'order' },
    { tbl: 'event' },
    { tbl: 'event' },
  ]);
  const events = await database.db.query(
    `select t.key, e.at from event e join event_type t on t.id = e.type_id where e.key_value = 'api-1' order by e.row_id`,
  );
  expect(events).toEqual([
    { key: 'orderUpdated', at: new Date('2026-11-01T08:00:00Z') },
    { key: 'orderDelivered', at: new Date(now) },
    { key: 'orderCancelled', at: new Date(now) },
  ]);
});
