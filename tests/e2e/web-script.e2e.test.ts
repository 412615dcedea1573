/** The script of a site by itself: a real Chromium, the demo shop, and a tracker that only keeps what it is sent. */
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { siteSnippet } from '#shared/site/site.schema.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type FakeTracker, startFakeTracker } from './shop/fake-tracker.ts';
import { type Shop, startShop } from './shop/shop-server.ts';

const SITE = 'site-1';
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let script: string;
let consent: 'none' | 'required' = 'none';
let shop: Shop;
let tracker: FakeTracker;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];

async function buildScript(): Promise<string> {
  const built = await build({
    configFile: new URL('../../src-sdk/web/vite.config.ts', import.meta.url).pathname,
    logLevel: 'error',
    build: { write: false },
  });
  const [output] = Array.isArray(built) ? built : [];
  const [file] = output?.output ?? [];
  if (file?.type !== 'chunk') throw new Error('the script was not built');
  return file.code;
}

beforeAll(async () => {
  script = await buildScript();
  shop = await startShop();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

beforeEach(async () => {
  consent = 'none';
  problems = [];
  tracker = await startFakeTracker(
    () => `(function(){var MUSTER_SITE=${JSON.stringify({ id: SITE, url: '/api/v2', consent })};${script}})()`,
  );
  shop.paste(siteSnippet(tracker.url, SITE));
  context = await browser.newContext();
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
});
afterEach(async () => {
  expect(problems).toEqual([]);
  await context.close();
  await tracker.close();
});

const names = () => tracker.sent.map(({ GeneralInfo }) => GeneralInfo.eventName);
const arrived = (expected: string[]) => vi.waitFor(() => expect(names()).toEqual(expected), { timeout: 10_000 });
const cookie = async () => (await context.cookies()).find(({ name }) => name === 'sc');
const stored = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('es_')));
/** Long enough for what would be sent to have been sent. */
const rest = () => page.waitForTimeout(600);
/** What a page's own code calls. */
const eS = (...call: unknown[]) =>
  page.evaluate((given) => {
    const queue: unknown = Reflect.get(window, 'eS');
    if (typeof queue === 'function') queue(...given);
  }, call);

test('the script is small, and written for browsers of 2019', () => {
  expect(gzipSync(script).length).toBeLessThan(8_000);
  // Syntax of 2020 and later: optional chaining, ??, ??=, private names.
  expect(script).not.toMatch(/\?\.[a-zA-Z_$[(]|\?\?|#[a-z]+\s*[=(]/);
  expect(script).not.toMatch(/\bimport\b|\brequire\b/);
});

test('pages are seen by themselves, also those that only change their address', async () => {
  await page.goto(`${shop.url}/single`);
  await page.getByRole('button', { name: 'Spring' }).click();
  await arrived(['PageView', 'PageView']);
  await page.getByRole('button', { name: 'Autumn' }).click();
  // Who is back at once has seen no page.
  await arrived(['PageView', 'PageView', 'PageView']);
  await page.goBack();
  await arrived(['PageView', 'PageView', 'PageView', 'PageView']);
  const views = tracker.sent.map(({ PageView }) => PageView);
  expect(views[1]).toEqual({
    url: `${shop.url}/single?look=spring`,
    title: 'Spring · Willow & Co',
    referrer: `${shop.url}/single`,
  });
  // A fragment is the same page.
  await page.evaluate(() => history.pushState({}, '', '#here'));
  await rest();
  expect(names()).toHaveLength(4);
});

test('a visitor is a random id in a cookie of the shop, the same on every page', async () => {
  await page.goto(shop.url);
  await page.getByRole('link', { name: 'Blue mug' }).click();
  await arrived(['PageView', 'MainPage', 'PageView', 'ProductPage']);
  const found = await cookie();
  expect(found?.value).toMatch(GUID);
  expect(found).toMatchObject({ domain: 'localhost', path: '/', sameSite: 'Lax', secure: false, httpOnly: false });
  const days = ((found?.expires ?? 0) * 1000 - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(399);
  expect(new Set(tracker.sent.map(({ GeneralInfo }) => GeneralInfo.cookies.sc))).toEqual(new Set([found?.value]));
  expect(tracker.sent[3]).toMatchObject({
    GeneralInfo: { eventName: 'ProductPage', siteId: SITE, messageId: expect.stringMatching(GUID) },
    ProductPage: { productKey: 'mug', price: 12.5, isInStock: 1, tag_material: ['clay'] },
  });
  expect(await stored()).toEqual([]);
});

test('the link of a mail is told as nobody’s, also where the next page came from', async () => {
  await page.goto(`${shop.url}/single?user_es_contact_id=4711`);
  await page.getByRole('button', { name: 'Spring' }).click();
  await arrived(['PageView', 'PageView']);
  expect(tracker.sent.map(({ PageView }) => PageView)).toMatchObject([
    { url: `${shop.url}/single` },
    { referrer: `${shop.url}/single` },
  ]);
});

test('who signs in is named by every later event of the page, and nowhere stored', async () => {
  await page.goto(`${shop.url}/account?user_es_contact_id=4711&utm_source=mail`);
  await page.getByLabel('Name').fill('Ann Lee');
  await page.getByLabel('Email').fill('ann@example.com');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await eS('sendEvent', 'later', { n: 1 });
  await arrived(['PageView', 'CustomerData', 'later']);
  const [view, customer, later] = tracker.sent;
  expect(view).toMatchObject({
    GeneralInfo: { user_es_contact_id: '4711' },
    PageView: { url: `${shop.url}/account?utm_source=mail` },
  });
  const who = { externalCustomerId: 'SHOP-77', user_email: 'ann@example.com', user_name: 'Ann Lee' };
  expect(customer).toMatchObject({ GeneralInfo: who, CustomerData: who });
  expect(later).toMatchObject({ GeneralInfo: who, later: { n: 1 } });
  const all = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  expect(all).not.toContain('ann@example.com');
});

test('with TRACKING off only the page itself is told', async () => {
  shop.paste(siteSnippet(tracker.url, SITE).replace('TRACKING:true', 'TRACKING:false'));
  await page.goto(`${shop.url}/single`);
  await page.getByRole('button', { name: 'Spring' }).click();
  await arrived(['PageView']);
  await rest();
  expect(names()).toEqual(['PageView']);
});

test('where consent is asked for nothing is stored or sent before a yes, and a no takes everything back', async () => {
  consent = 'required';
  await page.goto(shop.url);
  await page.getByRole('link', { name: 'Blue mug' }).click();
  await page.getByRole('button', { name: 'Put into the cart' }).click();
  await rest();
  expect([await stored(), await context.cookies(), tracker.requests]).toEqual([[], [], 0]);
  await eS('consent', true);
  // What happened on this page; pages before it are gone.
  await arrived(['PageView', 'ProductPage', 'StatusCart']);
  expect((await cookie())?.value).toMatch(GUID);
  await page.goto(shop.url);
  await arrived(['PageView', 'ProductPage', 'StatusCart', 'PageView', 'MainPage']);
  await eS('consent', false);
  await eS('sendEvent', 'after', {});
  await rest();
  expect([await stored(), await context.cookies()]).toEqual([[], []]);
  await page.goto(shop.url);
  await rest();
  expect(names()).toHaveLength(5);
});

test('a no is remembered where consent is not asked for', async () => {
  await page.goto(shop.url);
  await arrived(['PageView', 'MainPage']);
  await eS('consent', false);
  await page.goto(shop.url);
  await rest();
  expect([names().length, await context.cookies(), await stored()]).toEqual([2, [], ['es_consent']]);
});

test('Global Privacy Control asks for consent on every site', async () => {
  await context.addInitScript(
    `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
  );
  await page.goto(shop.url);
  await rest();
  expect([await stored(), await context.cookies(), tracker.requests]).toEqual([[], [], 0]);
});

test('staff are left out by one visit of a special address', async () => {
  await page.goto(`${shop.url}/?es_staff=1`);
  await page.goto(shop.url);
  await rest();
  expect([tracker.requests, await context.cookies()]).toEqual([0, []]);
  await page.goto(`${shop.url}/?es_staff=0`);
  await arrived(['PageView', 'MainPage']);
});

test('a server that is away is not noticed by the page, and gets each event once when it is back', async () => {
  tracker.status = 0;
  await page.goto(shop.url);
  await page.getByRole('link', { name: 'Blue mug' }).click();
  await page.getByRole('button', { name: 'Put into the cart' }).click();
  await page.getByText('It is in your cart.').waitFor();
  await vi.waitFor(() => expect(tracker.requests).toBeGreaterThan(0));
  tracker.status = 503;
  await page.goto(`${shop.url}/cart`);
  await rest();
  expect(tracker.sent).toEqual([]);
  tracker.status = 200;
  // As a browser says it when it has a network again.
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await arrived(['PageView', 'MainPage', 'PageView', 'ProductPage', 'StatusCart', 'PageView', 'StatusCartPage']);
  expect(new Set(tracker.sent.map(({ GeneralInfo }) => GeneralInfo.messageId)).size).toBe(7);
  await vi.waitFor(async () => expect(await stored()).toEqual([]));
});

test('nothing is tried again that the server will never take', async () => {
  tracker.status = 403;
  await page.goto(shop.url);
  await vi.waitFor(() => expect(tracker.requests).toBeGreaterThan(0));
  await vi.waitFor(async () => expect(await stored()).toEqual([]));
});

test('only so much waits, and the newest stays', async () => {
  tracker.status = 0;
  await page.goto(shop.url);
  for (let at = 0; at < 230; at++) await eS('sendEvent', `e${at}`, {});
  expect((await stored()).length).toBeLessThanOrEqual(220);
  tracker.status = 200;
  await page.goto(`${shop.url}/single`);
  await vi.waitFor(() => expect(names()).toContain('e229'), { timeout: 10_000 });
  expect(names()).not.toContain('e0');
});

test('what is long in letters beyond a to z arrives, also what no page that is left could send', async () => {
  tracker.status = 0;
  await page.goto(`${shop.url}/single`);
  for (let at = 0; at < 20; at++) await eS('sendEvent', 'search', { query: 'ж'.repeat(2_400) });
  await eS('sendEvent', 'wholeShelf', { names: 'ж'.repeat(40_000) });
  await rest();
  tracker.status = 200;
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await vi.waitFor(() => expect(names()).toContain('wholeShelf'), { timeout: 10_000 });
  expect(names().filter((name) => name === 'search')).toHaveLength(20);
  await vi.waitFor(async () => expect(await stored()).toEqual([]));
});

test('what happens while a page is being left still arrives', async () => {
  await page.goto(shop.url);
  await arrived(['PageView', 'MainPage']);
  await page.evaluate(() => {
    addEventListener('beforeunload', () => {
      const queue: unknown = Reflect.get(window, 'eS');
      if (typeof queue === 'function') queue('sendEvent', 'lastWord', {});
    });
  });
  await page.goto('about:blank');
  await arrived(['PageView', 'MainPage', 'lastWord']);
});

test('pasted twice, called wrongly or without storage it does no harm', async () => {
  const snippet = siteSnippet(tracker.url, SITE);
  shop.paste(snippet + snippet);
  await page.goto(shop.url);
  await arrived(['PageView', 'MainPage']);
  for (const call of [[], ['init', null], ['nonsense'], ['sendEvent'], ['sendEvent', 7]]) await eS(...call);
  const loop = await page.evaluate(() => {
    const round: Record<string, unknown> = {};
    round.self = round;
    const queue: unknown = Reflect.get(window, 'eS');
    if (typeof queue === 'function') queue('sendEvent', 'loop', round);
    return 'still here';
  });
  expect(loop).toBe('still here');
  await rest();
  expect(names()).toEqual(['PageView', 'MainPage']);
  const closed = await browser.newContext();
  await closed.addInitScript(
    `for (const name of ['localStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })`,
  );
  const other = await closed.newPage();
  await other.goto(`${shop.url}/single`);
  await vi.waitFor(() => expect(names().length).toBeGreaterThan(2), { timeout: 10_000 });
  await closed.close();
});

test('a server that is silent keeps no page from loading', async () => {
  shop.paste(siteSnippet('http://127.0.0.1:9', SITE));
  await page.goto(shop.url);
  await page.getByRole('link', { name: 'Blue mug' }).click();
  await page.getByRole('button', { name: 'Put into the cart' }).click();
  await page.getByText('It is in your cart.').waitFor();
});
