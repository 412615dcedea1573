import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiKeys, createApiKeys } from '#server/accounts/api-keys.ts';
import { BUCKETS } from '#server/identity/buckets.ts';
import { writeContact } from '#server/identity/write-contacts.ts';
import { createImports } from '#server/imports/imports.ts';
import { publicApi } from '#server/intake/api/public-api.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { createIntake, type Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import type { Site } from '#shared/site/site.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createEventPort } from './event-port.ts';
import { createSitePort } from './site-seen.ts';
import { trackerRoutes } from './tracker-routes.ts';

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const ORIGIN = 'https://shop.example.com';
const SITE = '0190f000-0000-7000-8000-000000000001';

let database: TestDatabase;
let deps: Deps;
let intake: Intake;
let app: FastifyInstance;
let folder: string;
let key: string;
let apiKeys: ApiKeys;
let now = Date.UTC(2026, 10, 23, 12);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-tracker-'));
  const scriptPath = join(folder, 'web.js');
  writeFileSync(scriptPath, 'use(MUSTER_SITE)');
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { now: () => now });
  intake = createIntake(deps);
  apiKeys = createApiKeys(deps);
  ({ key } = await apiKeys.create(caller, { scope: 'full', name: 'the shop' }));
  app = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await app.register(trackerRoutes(deps, { intake, scriptPath }));
  await app.register(publicApi(deps, { intake, apiKeys, imports: createImports(deps) }));
});
afterAll(async () => {
  await app?.close();
  await intake?.stop();
  await database?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function setSite(change: Partial<Site> = {}): Promise<void> {
  const site: Site = { name: 'Shop', domains: ['example.com'], consent: 'none', ignoredAddresses: [], createdAt: 1 };
  await database.db.tx((tx) => writeDocument(tx, 'site', SITE, { ...site, ...change }));
  now += 2_000;
}

beforeEach(async () => {
  for (const table of ['intake', 'event', 'message_seen', 'identifier', 'contact', 'dirty', 'document', 'site_seen']) {
    await database.db.query(`delete from ${table}`);
  }
  await setSite();
  // Limits of the test before are over.
  now += 60_000;
});

type Info = Record<string, unknown>;
const event = (eventName: string, blocks: Record<string, unknown> = {}, info: Info = {}) => ({
  GeneralInfo: { eventName, siteId: SITE, datetime: now, ...info },
  ...blocks,
});
const by = (sc: string): Info => ({ cookies: { sc } });

async function send(body: unknown, headers: Record<string, string> = {}, url = '/api/v2') {
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { 'user-agent': PERSON, origin: ORIGIN, 'content-type': 'text/plain', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? null : answer.json() };
}

async function work(): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
}

const stored = () =>
  database.db.query<{ owner: number; type: string; params: Record<string, unknown>; at: Date }>(
    `select e.contact_id as owner, t.key as type, e.params, e.at
       from event e join event_type t on t.id = e.type_id order by e.row_id`,
  );
const contacts = () =>
  database.db.query<{ id: number; email: string | null }>(
    `select id, external_customer_id as external, email, phone, first_name as first, last_name as last from contact order by id`,
  );

test('an event is taken by any of the addresses, as JSON or text, from a page of the site', async () => {
  expect((await send(event('MainPage'))).status).toBe(200);
  expect((await send(event('MainPage'), {}, '/api/v2/')).status).toBe(200);
  expect((await send(event('MainPage'), { 'content-type': 'application/json' }, '/api/v2/webevent')).status).toBe(200);
  expect((await send(event('MainPage'), {}, '/webevent')).headers['access-control-allow-origin']).toBe('*');
  await work();
  expect(await stored()).toHaveLength(4);
});

test('pages ask first where they must', async () => {
  const answer = await app.inject({ method: 'OPTIONS', url: '/api/v2', headers: { origin: ORIGIN } });
  expect(answer.statusCode).toBe(204);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, OPTIONS',
  });
});

test('parameters are kept whole and flat: of the block, of a Product in it, of a list, and of what stands beside', async () => {
  const products = [{ productKey: 'a', price: 3, quantity: 2, price_currency_code: 'EUR' }];
  const said = [
    ['ProductPage', { ProductPage: { Product: { productKey: 'p1', price: 5, isInStock: 1, tag_colour: ['red'] } } }],
    ['StatusCart', { StatusCart: { GUID: 'cart-1', Products: products } }],
    ['StatusCart', { StatusCart: [], GUID: 'cart-1' }],
    ['CategoryPage', { CategoryPage: { categoryKey: 'Shoes' }, Tags: { season: ['winter'] } }],
  ] as const;
  await send(said.map(([name, blocks]) => event(name, blocks, by('sc'))));
  await work();
  expect((await stored()).map(({ params }) => params)).toEqual([
    { productKey: 'p1', price: 5, isInStock: 1, tag_colour: ['red'] },
    { GUID: 'cart-1', Products: products },
    { GUID: 'cart-1', Products: [] },
    { categoryKey: 'Shoes', Tags: { season: ['winter'] } },
  ]);
});

test('what a visitor did before they said who they are becomes theirs, and makes no contact before', async () => {
  await send([
    event('PageView', {}, by('sc-1')),
    event('ProductPage', { ProductPage: { productKey: 'p1' } }, by('sc-1')),
  ]);
  await send(event('PageView', {}, by('sc-2')));
  await work();
  expect(await contacts()).toEqual([]);
  expect((await stored()).map(({ owner }) => owner)).toEqual([0, 0, 0]);

  await send(
    event(
      'CustomerData',
      { CustomerData: { externalCustomerId: 'C1', user_email: 'Ann@x.org', user_name: 'Ann Lee' } },
      by('sc-1'),
    ),
  );
  await send(event('StatusCart', { StatusCart: { GUID: 'g', Products: [] } }, by('sc-1')));
  await work();
  const [ann] = await contacts();
  expect(ann).toMatchObject({ external: 'C1', email: 'Ann@x.org', first: 'Ann', last: 'Lee' });
  expect((await stored()).map(({ owner, type }) => [type, owner === ann?.id])).toEqual([
    ['PageView', true],
    ['ProductPage', true],
    ['PageView', false],
    ['CustomerData', true],
    ['StatusCart', true],
  ]);
  const dirty = await database.db.query(`select id from dirty where tbl = 'event'`);
  expect(dirty.length).toBeGreaterThanOrEqual(5);
});

test('rows of one browser are applied in their order, although only some name the person', async () => {
  const names = ['before', 'CustomerData', 'after', 'CustomerData', 'last'];
  for (let visitor = 0; visitor < 8; visitor++) {
    const sc = `browser-${visitor}`;
    const said = { CustomerData: { externalCustomerId: `E${visitor}`, user_email: `e${visitor}@x.org` } };
    for (const [at, name] of names.entries()) {
      await intakeOf(event(name, name === 'CustomerData' ? said : {}, { ...by(sc), messageId: `${sc}-${at}` }));
    }
  }
  const lanes = await database.db.query<{ buckets: number }>(
    `select count(distinct bucket) as buckets from intake group by payload #>> '{identifiers,0,value}'`,
  );
  expect(lanes.map(({ buckets }) => buckets)).toEqual(Array.from({ length: 8 }, () => 1));
  // Rows one at a time, the lanes in turn.
  const waiting = async () =>
    database.db.query<{ bucket: number }>('select distinct bucket from intake order by bucket desc');
  for (let lanesLeft = await waiting(); lanesLeft.length > 0; lanesLeft = await waiting()) {
    for (const { bucket } of lanesLeft) await drainBucket(deps, bucket, 1);
  }
  expect(await contacts()).toHaveLength(8);
  const [{ unowned } = { unowned: -1 }] = await database.db.query<{ unowned: number }>(
    'select count(*)::int as unowned from event where contact_id = 0',
  );
  expect(unowned).toBe(0);
});

const intakeOf = async (one: unknown): Promise<void> => {
  expect((await send(one)).status).toBe(200);
  now += 200;
};

test('on a shared computer each person keeps what was done before the next one signed in', async () => {
  const said = (id: string) => ({ CustomerData: { externalCustomerId: id } });
  await send([
    event('first', {}, by('shared')),
    event('CustomerData', said('A'), by('shared')),
    event('second', {}, by('shared')),
    event('CustomerData', said('B'), by('shared')),
    event('third', {}, by('shared')),
  ]);
  await work();
  const [a, b] = await contacts();
  expect((await stored()).map(({ owner }) => owner)).toEqual([a?.id, a?.id, a?.id, b?.id, b?.id]);
});

test('what a page says fills what is empty, replaces nothing and merges nobody', async () => {
  const write = (values: Record<string, string>) =>
    database.db.tx((tx) => writeContact(tx, { values }, { source: 'API', now }));
  await write({ externalCustomerId: 'C1', email: 'real@x.org', firstName: 'Ann' });
  await write({ email: 'other@x.org', firstName: 'Bea' });
  const said = {
    externalCustomerId: 'C1',
    user_email: 'other@x.org',
    user_name: 'Eve Evil',
    user_phone: '+380501234567',
  };
  await send(event('CustomerData', { CustomerData: said }, by('evil')));
  await work();
  expect(await contacts()).toMatchObject([
    { external: 'C1', email: 'real@x.org', phone: '+380501234567', first: 'Ann', last: 'Evil' },
    { external: null, email: 'other@x.org', first: 'Bea' },
  ]);
});

test('the contact of a link is who the browser is, unless the page says somebody else', async () => {
  const { id } = await database.db.tx((tx) =>
    writeContact(tx, { values: { email: 'link@x.org' } }, { source: 'API', now }),
  );
  await send(event('PageView', {}, { ...by('from-mail'), user_es_contact_id: String(id) }));
  await send(event('PageView', {}, by('from-mail')));
  await work();
  await send(event('PageView', {}, { ...by('nobody'), user_es_contact_id: '4000000000' }));
  await work();
  await send(
    event(
      'CustomerData',
      { CustomerData: { user_email: 'new@x.org' } },
      { ...by('else'), user_es_contact_id: String(id) },
    ),
  );
  await work();
  const all = await contacts();
  expect(all.map(({ email }) => email)).toEqual(['link@x.org', 'new@x.org']);
  expect((await stored()).map(({ owner }) => owner)).toEqual([id, id, 0, all[1]?.id]);
});

test('an event is kept once, however often it is sent', async () => {
  const one = event('PageView', {}, { ...by('twice'), messageId: 'm-1' });
  await Promise.all([send(one), send([one, one]), send(one)]);
  await work();
  expect(await stored()).toHaveLength(1);
});

test('only pages of the site may send; the refusal says what to do', async () => {
  for (const origin of ['https://shop.example.com', 'http://example.com:8080', 'https://EXAMPLE.com']) {
    expect((await send(event('MainPage'), { origin })).status).toBe(200);
  }
  for (const origin of ['https://evil.test', 'https://example.com.evil.test', 'null', 'https://badexample.com']) {
    const answer = await send(event('MainPage'), { origin });
    expect([origin, answer.status]).toEqual([origin, 403]);
    expect(answer.body.error.message).toContain('Add the domain');
  }
  await setSite({ domains: [] });
  expect((await send(event('MainPage'))).status).toBe(403);
  expect((await send(event('MainPage', {}, { siteId: 'another' }))).status).toBe(403);
});

test('bots and staff are answered, not kept', async () => {
  await send(event('MainPage'), { 'user-agent': BOT });
  await setSite({ ignoredAddresses: ['127.0.0.0/8'] });
  await send(event('MainPage'));
  await setSite({ ignoredAddresses: ['10.0.0.1', '2001:db8::/32'] });
  await send(event('kept'));
  await work();
  expect((await stored()).map(({ type }) => type)).toEqual(['kept']);
});

test('what cannot be taken says why, and keeps nothing else from being taken', async () => {
  expect((await send({})).body.error).toMatchObject({ code: 'invalid_input', field: 'GeneralInfo' });
  expect((await send({ GeneralInfo: { siteId: SITE } })).body.error).toMatchObject({ field: 'GeneralInfo.eventName' });
  expect((await send('{"not json')).status).toBe(400);
  expect((await send('x'.repeat(600_000))).status).toBe(413);
  expect((await send(Array.from({ length: 101 }, () => event('MainPage')))).status).toBe(413);
  const mixed = await send([event('good'), { GeneralInfo: {} }, event('good')]);
  expect(mixed).toMatchObject({ status: 200, body: { rejected: [{ index: 1, code: 'invalid_input' }] } });
  await work();
  expect((await stored()).map(({ type }) => type)).toEqual(['good', 'good']);
});

test('the set-up of a site hears of what has arrived from it, and of nothing else', async () => {
  const port = createSitePort(deps);
  await send([event('MainPage'), event('ProductPage'), event('somethingElse')]);
  await send(event('PurchasedItems'), { 'user-agent': BOT });
  const nothing = { pageView: null, productView: null, cart: null, customer: null, purchase: null };
  expect(await port.seen(caller, SITE)).toEqual({ ...nothing, pageView: now, productView: now });
  const before = now;
  now += 6_000;
  await send(event('PageView'));
  expect(await port.seen(caller, SITE)).toEqual({ ...nothing, pageView: now, productView: before });
  expect(await port.seen(caller, 'another')).toEqual(nothing);
});

test('what the newest events of a contact say can be asked for', async () => {
  await send(event('CustomerData', { CustomerData: { user_email: 'card@x.org' } }, by('card')));
  await send(event('SearchRequest', { SearchRequest: { search: 'red socks', isFound: 1 } }, by('card')));
  await send(event('Long', { Long: { text: 'x'.repeat(10_000) } }, by('card')));
  await work();
  const [contact] = await contacts();
  const told = { rowId: expect.any(Number), at: now, source: 'Web' };
  const port = createEventPort(deps);
  expect(await port.ofContact(caller, contact?.id ?? 0)).toEqual([
    { ...told, type: 'Long', params: null },
    { ...told, type: 'SearchRequest', params: { search: 'red socks', isFound: 1 } },
    { ...told, type: 'CustomerData', params: { user_email: 'card@x.org' } },
  ]);
  // Who does not see personal data hears what happened, and nothing of what it says.
  const events = await port.ofContact({ ...caller, role: 'marketerNoPersonal' }, contact?.id ?? 0);
  expect(events.map(({ type, params }) => [type, params])).toEqual([
    ['Long', null],
    ['SearchRequest', null],
    ['CustomerData', null],
  ]);
});

test('a clock that is far off is not believed', async () => {
  const day = 86_400_000;
  for (const datetime of [now - day, now + day, 0, now - 400 * day]) await send(event('PageView', {}, { datetime }));
  await work();
  expect((await stored()).map(({ at }) => now - at.getTime())).toEqual([day, 0, 0, 0]);
});

test('one address may only send so much', async () => {
  const answers = [];
  for (let at = 0; at < 405; at++) answers.push(await send(event('MainPage')));
  expect(answers.slice(0, 400).every(({ status }) => status === 200)).toBe(true);
  expect(answers.at(-1)).toMatchObject({
    status: 429,
    headers: { 'retry-after': '1', 'access-control-allow-origin': '*' },
  });
});

test('the script knows its site, is asked for again only when it changed, and is there for sites only', async () => {
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
  const first = await get(`/site/${SITE}.js`);
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(first.body).toContain(`{"id":"${SITE}","url":"/api/v2","consent":"none"};use(MUSTER_SITE)`);
  const etag = String(first.headers.etag);
  expect((await get(`/site/${SITE}.js`, { 'if-none-match': etag })).statusCode).toBe(304);
  await setSite({ consent: 'required' });
  expect((await get(`/site/${SITE}.js`, { 'if-none-match': etag })).statusCode).toBe(200);
  for (const other of ['/site/nothing.js', `/site/${SITE}`, '/site/..%2Fweb.js']) {
    expect([other, (await get(other)).statusCode]).toEqual([other, 404]);
  }
});

const api = (method: 'GET' | 'POST', url: string, payload?: object) =>
  app.inject({
    method,
    url,
    headers: { authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}` },
    ...(payload ? { payload } : {}),
  });

test('a plug-in registers its domain once and gets the script for its pages', async () => {
  const made = await api('POST', '/api/v1/site/domains', { domain: 'https://new.example.org/' });
  expect(made.statusCode).toBe(200);
  expect(made.json()).toMatchObject({ result: 'OK', siteId: expect.any(Number) });
  const again = await api('POST', '/api/v1/site/domains', { domain: 'new.example.org' });
  expect([again.statusCode, again.json().error.message]).toEqual([400, 'Domain is already registered']);
  const none = await api('POST', '/api/v1/site/domains', { domain: 'no domain' });
  expect([none.statusCode, none.json().error.message]).toEqual([400, "Domain can't be reached"]);
  expect((await app.inject({ method: 'POST', url: '/api/v1/site/domains', payload: {} })).statusCode).toBe(401);
  // Asked for at once, as plug-ins do.
  const script = await api('GET', '/api/v1/site/script?domain=new.example.org');
  expect(script.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(script.body).toMatch(/^<script>[\s\S]*http:\/\/127\.0\.0\.1:4600\/site\/[\w-]{36}\.js[\s\S]*<\/script>\n$/);
  now += 2_000;
  // Its number is as good as its id, for events and for the script.
  const { siteId } = made.json();
  expect((await app.inject({ method: 'GET', url: `/site/${siteId}.js` })).statusCode).toBe(200);
  const sent = await send(event('MainPage', {}, { siteId }), { origin: 'https://new.example.org' });
  expect(sent.status).toBe(200);
});
