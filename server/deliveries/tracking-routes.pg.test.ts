import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscribe } from '#server/subscriptions/subscriptions.ts';
import { addCategory } from '#tests/support/consent-stage.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const target = 'https://shop.example.org/?a=1&b=2#top';

let sending: Sending;
let links: { click: string; open: string; unsubscribe: string };
let ahead = 0;

beforeAll(async () => {
  sending = await startSending({ now: () => Date.now() + ahead });
  await sending.contacts([{ email: 'Ann@x.test' }, { email: 'bob@x.test' }, { email: 'ann@X.test' }]);
  const id = await sending.campaign({ source: `<body><a href="${target.replace('&', '&amp;')}">x</a></body>` });
  await sending.launch(id);
  await sending.until(id, ({ state }) => state === 'done');
  const mail = sending.sink.mails.find(({ to }) => to === 'Ann@x.test');
  const html = String(mail?.parsed.html);
  const find = (path: string): string => new RegExp(`"(${sending.url}/${path}/[^"]+)"`).exec(html)?.[1] ?? '';
  links = { click: find('c'), open: find('o'), unsubscribe: find('u') };
  ahead = 60_000;
});
afterAll(() => sending.stop());

const get = (url: string, more: RequestInit = {}): Promise<Response> =>
  fetch(url, { redirect: 'manual', headers: { 'user-agent': browser }, ...more });
const ann = async () =>
  (
    await sending.deps.db.query(
      `select opened_at, machine_opened_at, clicked_at, machine_clicked_at, unsubscribed_at from delivery where address = 'Ann@x.test'`,
    )
  )[0];
const activity = () => sending.deps.db.query('select kind, machine, url from delivery_activity order by id');

test('a machine’s open is kept apart, a person’s is counted once and listed each time', async () => {
  const first = await get(links.open, { headers: { 'user-agent': 'Mozilla/5.0' } });
  expect([first.status, first.headers.get('content-type'), (await first.bytes()).length]).toEqual([
    200,
    'image/gif',
    42,
  ]);
  expect(await ann()).toMatchObject({ opened_at: null, machine_opened_at: expect.any(Date) });
  await get(links.open);
  const seen = await ann();
  expect(seen?.opened_at).toEqual(expect.any(Date));
  ahead += 5_000;
  await get(links.open, { method: 'HEAD' });
  await get(links.open);
  expect((await ann())?.opened_at).toEqual(seen?.opened_at);
  expect(await activity()).toEqual([
    { kind: 'open', machine: true, url: null },
    { kind: 'open', machine: false, url: null },
    { kind: 'open', machine: true, url: null },
    { kind: 'open', machine: false, url: null },
  ]);
});

test('the pixel answers a picture whatever it is asked', async () => {
  for (const path of ['/o/', '/o/rubbish', '/o/a.b', `/o/${'x'.repeat(3000)}`]) {
    const answer = await get(sending.url + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
  }
  expect(await activity()).toHaveLength(4);
});

test('a click leads to the signed target and nowhere else', async () => {
  const answer = await get(links.click);
  expect([answer.status, answer.headers.get('location')]).toEqual([302, target]);
  expect((await ann())?.clicked_at).toEqual(expect.any(Date));
  expect((await activity()).at(-1)).toEqual({ kind: 'click', machine: false, url: target });

  const token = links.click.slice(links.click.lastIndexOf('/') + 1);
  const [payload = '', signature = ''] = token.split('.');
  const evil = Buffer.from(
    Buffer.from(payload, 'base64url').toString().replace('shop.example.org', 'evil.example'),
  ).toString('base64url');
  const unsubscribeToken = links.unsubscribe.slice(links.unsubscribe.lastIndexOf('/') + 1);
  for (const path of [
    `${evil}.${signature}`,
    payload,
    `${payload}.`,
    `${payload}.${'A'.repeat(22)}`,
    unsubscribeToken,
    'https://evil.example',
    '//evil.example',
    '',
  ]) {
    const refused = await get(`${sending.url}/c/${path}`);
    expect([path, refused.status, refused.headers.get('location')]).toEqual([path, 400, null]);
    expect(await refused.text()).toContain('This link does not work');
  }
});

test('opening the link to unsubscribe asks and changes nothing', async () => {
  const before = await ann();
  for (const method of ['GET', 'HEAD']) {
    const answer = await get(links.unsubscribe, { method });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  const page = await (await get(links.unsubscribe)).text();
  expect(page).toMatch(/<form method="post">.*<button type="submit">Unsubscribe<\/button><\/form>/);
  expect(page).not.toContain('type="radio"');
  expect(await ann()).toEqual(before);
  expect(await sending.deps.db.query('select 1 from suppression')).toEqual([]);
  expect((await get(`${sending.url}/u/rubbish`)).status).toBe(400);
  expect((await get(`${sending.url}/u/rubbish`, { method: 'POST' })).status).toBe(400);
});

test.each([
  ['the form', 'application/x-www-form-urlencoded', ''],
  ['one click (RFC 8058)', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  [
    'one click as multipart',
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
  ],
  ['no body at all', '', ''],
])('unsubscribing by %s reaches every contact with the address', async (_name, type, body) => {
  const { db } = sending.deps;
  await db.query(`delete from suppression`);
  await db.query(`update contact set email_status = 'subscribed'`);
  await db.query('delete from dirty');
  const answer = await get(links.unsubscribe, {
    method: 'POST',
    body: type === '' ? null : body,
    headers: { 'user-agent': browser, ...(type === '' ? {} : { 'content-type': type }) },
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('You are unsubscribed');
  expect(await db.query('select channel, address, reason from suppression')).toEqual([
    { channel: 'email', address: 'ann@x.test', reason: 'unsubscribed' },
  ]);
  expect(await db.query('select email, email_status from contact order by id')).toEqual([
    { email: 'Ann@x.test', email_status: 'unsubscribed' },
    { email: 'bob@x.test', email_status: 'subscribed' },
    { email: 'ann@X.test', email_status: 'unsubscribed' },
  ]);
  expect(await db.query(`select 1 from dirty where tbl = 'contact'`)).toHaveLength(2);
  expect((await ann())?.unsubscribed_at).toEqual(expect.any(Date));
});

test('after that the next campaign passes the address by', async () => {
  const id = await sending.campaign();
  await sending.launch(id);
  expect(await sending.until(id, ({ state }) => state === 'done')).toMatchObject({
    counts: { sent: 1, skipped: 2 },
    skipped: { unsubscribed: 2 },
  });
});

const submit = async (fields: [string, string][]): Promise<string> => {
  const answer = await get(links.unsubscribe, { method: 'POST', body: new URLSearchParams(fields) });
  expect(answer.status).toBe(200);
  return answer.text();
};

test('a reader leaves only some categories, and says why', async () => {
  const { db } = sending.deps;
  await db.query('delete from suppression');
  await db.query(`update contact set email_status = 'subscribed'`);
  await addCategory(db, 'news', 'News & more');
  await addCategory(db, 'sales', 'Sales');
  await addCategory(db, 'other', 'Not theirs');
  await db.tx((tx) => subscribe(tx, [1, 2, 3], ['news', 'sales'], { source: 'api', at: 1 }));
  const page = await (await get(links.unsubscribe)).text();
  expect(page).toContain('value="category:news"> News &amp; more</label>');
  expect(page).not.toContain('Not theirs');

  expect(await submit([['what', 'some']])).toContain('Choose what you no longer want to get.');
  expect(
    await submit([
      ['what', 'some'],
      ['category', 'category:other'],
    ]),
  ).toContain('Choose what');
  const done = await submit([
    ['what', 'some'],
    ['category', 'category:news'],
    ['reason', 'Too many emails'],
  ]);
  expect(done).toContain('no more of this from');
  expect(done).toContain('News &amp; more');
  // Of the two who share the address, both; of Bob, nothing.
  expect(await db.query('select contact_id, list_id, state from membership order by 1, 2')).toEqual([
    { contact_id: 1, list_id: 'category:news', state: 'unsubscribed' },
    { contact_id: 1, list_id: 'category:sales', state: 'subscribed' },
    { contact_id: 2, list_id: 'category:news', state: 'subscribed' },
    { contact_id: 2, list_id: 'category:sales', state: 'subscribed' },
    { contact_id: 3, list_id: 'category:news', state: 'unsubscribed' },
    { contact_id: 3, list_id: 'category:sales', state: 'subscribed' },
  ]);
  expect(
    await db.query(`select act, reason from consent where purpose = 'category:news' and source = 'person'`),
  ).toEqual([
    { act: 'withdrawn', reason: 'Too many emails' },
    { act: 'withdrawn', reason: 'Too many emails' },
  ]);
  expect(await db.query('select 1 from suppression')).toEqual([]);
  expect(await (await get(links.unsubscribe)).text()).not.toContain('category:news');
});

test('who left by mistake, or complained, comes back by an own POST on the page', async () => {
  const { db } = sending.deps;
  await db.query(
    `insert into suppression (channel, address, reason, created_at) values ('email', 'ann@x.test', 'complained', $1)`,
    [new Date(Date.now() - 1000)],
  );
  expect((await get(links.unsubscribe)).status).toBe(200);
  expect(await db.query('select reason from suppression')).toEqual([{ reason: 'complained' }]);
  expect(await submit([['what', 'back']])).toContain('You are subscribed again');
  expect(await db.query('select reason from suppression')).toEqual([]);
});

test('a message of a category goes to its subscribers only, and to nobody who leaves before the hand-off', async () => {
  const { db } = sending.deps;
  await db.query('delete from suppression');
  await db.query(`update contact set email_status = 'subscribed'`);
  const id = await sending.campaign({ categories: ['category:news'] });
  await sending.launch(id);
  expect(await sending.until(id, ({ state }) => state === 'done')).toMatchObject({
    counts: { sent: 1, skipped: 2 },
    skipped: { notSubscribed: 2 },
  });
  expect(await sending.states(id)).toMatchObject([
    { state: 'skipped', reason: 'notSubscribed' },
    { address: 'bob@x.test', state: 'sent' },
    { state: 'skipped', reason: 'notSubscribed' },
  ]);
});
