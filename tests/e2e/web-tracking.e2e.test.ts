/**
 * From a visit nobody knows to a card that tells all of it: real server with its own PostgreSQL, two browsers. One person
 * sets the site up in Muster and watches; another browses the demo shop on its own origin, signs in and buys, then does
 * the same in the shop's app, partly without a network. The tests are chapters of one story.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';
import { type Shop, startShop } from './shop/shop-server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';

/** The shop's visitors are no headless browsers: those are bots, and not kept. */
const VISITOR = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** issue 4: the card shows a purchase this soon. The machine of the tests may be busy with others. */
const WANTED_MS = 2_000;
const GENEROUS_MS = 15_000;

let server: RunningServer;
let shop: Shop;
let browser: Browser;
let owner: Person;
let visitor: Page;
const findings: string[] = [];

beforeAll(async () => {
  server = await startServer({ env: { MUSTER_TIME_ZONE: 'Europe/London' } });
  shop = await startShop();
  browser = await launchBrowser();
  owner = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  visitor = await (await browser.newContext({ userAgent: VISITOR })).newPage();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await server?.stop();
  server?.remove();
});

function keepPicture(): void {
  onTestFailed(async () => {
    for (const [name, page] of [
      ['owner', owner.page],
      ['visitor', visitor],
    ] as const) {
      const path = join(tmpdir(), `muster-tracking-failed-${name}-${Date.now()}.png`);
      await page.screenshot({ path });
      console.error(`${path}\n${await page.locator('body').ariaSnapshot()}`);
    }
    console.error([...owner.problems, ...findings].join('\n'));
  });
}

const steps = () => owner.page.getByRole('list', { name: 'Events of this site' }).getByRole('listitem');
const card = () => owner.page.getByRole('complementary', { name: 'Contact' });
const timeline = () => card().getByRole('region', { name: 'Timeline' });
const entries = (): Promise<string[]> =>
  timeline()
    .getByRole('listitem')
    .evaluateAll((rows) => rows.map((row) => row.querySelector('span')?.textContent ?? ''));

test('a site is set up: its domain, its script, and a list that waits', { timeout: 120_000 }, async () => {
  keepPicture();
  const { page, see, click, type } = owner;
  await page.goto(server.url);
  await type(page.getByLabel('Email'), ADMIN.email);
  await type(page.getByLabel('Password', { exact: true }), ADMIN.password);
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'Home' }));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await page.goto(`${server.url}/settings/sites`);
  await see(page.getByText('No sites yet.'));
  await type(page.getByLabel('Address of the site'), 'no site');
  await page.keyboard.press('Enter');
  await see(page.getByText('Give the address of a site'));
  findings.push(...(await seriousFindings(page, 'sites')));
  await type(page.getByLabel('Address of the site'), shop.url);
  await page.keyboard.press('Enter');

  await see(page.getByRole('heading', { name: 'localhost' }));
  await click('Copy the script', page.getByRole('button', { name: 'Copy the script' }));
  const script = page.getByRole('region', { name: 'Script', exact: true });
  const snippet = must(await script.textContent(), 'a script to paste');
  expect(snippet).toContain(`${server.url}/site/`);
  await see(page.getByText('0 of 5 seen'));
  await expect.poll(() => steps().count()).toBe(5);
  findings.push(...(await seriousFindings(page, 'site')));
  // The server has the site as soon as it synced.
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  shop.paste(snippet);
});

test('the list turns green as a visitor comes by whom nobody knows', { timeout: 120_000 }, async () => {
  keepPicture();
  await visitor.goto(shop.url);
  await expect.poll(() => steps().nth(0).textContent(), { timeout: GENEROUS_MS }).toContain('Last seen');
  await visitor.getByLabel('Search').fill('blue mug');
  await visitor.getByRole('button', { name: 'Find' }).click();
  await visitor.getByRole('link', { name: 'Lookbook' }).click();
  await visitor.getByRole('button', { name: 'Spring' }).click();
  await visitor.getByRole('link', { name: 'Home' }).click();
  await visitor.getByRole('link', { name: 'Blue mug' }).click();
  await visitor.getByRole('button', { name: 'Put into the cart' }).click();
  await visitor.getByText('It is in your cart.').waitFor();
  await owner.see(owner.page.getByText('3 of 5 seen'), GENEROUS_MS);
  const known = await besideServer({ MUSTER_DATA_DIR: server.dataDir }, ({ db }) => db.query('select 1 from contact'));
  expect(known).toEqual([]);
});

test('who signs in brings along what they did before, and a purchase is on the card at once', {
  timeout: 180_000,
}, async () => {
  keepPicture();
  const { page, see, click } = owner;
  await visitor.getByRole('link', { name: 'Sign in' }).click();
  await visitor.getByLabel('Name').fill('Ann Lee');
  await visitor.getByLabel('Email').fill('ann@example.com');
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByText('Welcome, Ann Lee.').waitFor();
  await owner.see(page.getByText('4 of 5 seen'), GENEROUS_MS);

  await click('Contacts', page.getByRole('link', { name: 'Contacts', exact: true }));
  await click('the contact', await see(page.getByText('ann@example.com').first()));
  await see(card());
  await see(timeline().getByText('Customer data').first(), GENEROUS_MS);
  // What was done before somebody signed in, from the first page on.
  await expect.poll(async () => (await entries()).filter((name) => name === 'Page view').length).toBeGreaterThan(4);
  expect(await entries()).toEqual(
    expect.arrayContaining(['Main page', 'Search request', 'Product page', 'Status cart']),
  );

  await visitor.getByRole('link', { name: 'Cart' }).click();
  await visitor.getByText('1 × Blue mug').waitFor();
  const bought = performance.now();
  await visitor.getByRole('button', { name: 'Buy' }).click();
  await see(timeline().getByText('Purchased items').first(), GENEROUS_MS);
  const shown = performance.now() - bought;
  await see(timeline().getByText('W-1001 · 1 product'), GENEROUS_MS);
  const told = performance.now() - bought;
  console.warn(
    `purchase on the card after ${Math.round(shown)} ms, what was bought after ${Math.round(told)} ms (wanted: ${WANTED_MS} ms)`,
  );
  expect(shown).toBeLessThan(GENEROUS_MS);
});

test('in the app: looked around unknown, signed in and bought without a network, and all of it is on the same card', {
  timeout: 180_000,
}, async () => {
  keepPicture();
  const { see } = owner;
  const { key: accessKey } = await besideServer({ MUSTER_DATA_DIR: server.dataDir }, (deps) =>
    createApiKeys(deps).create(caller, { scope: 'events', name: 'App' }),
  );
  shop.buildApp({ url: server.url, accessKey });
  const phone = await (await browser.newContext({ userAgent: VISITOR })).newPage();
  const failures: string[] = [];
  phone.on('pageerror', (error) => failures.push(String(error)));
  const press = (name: string) => phone.getByRole('button', { name }).click();
  const waiting = (count: number) => phone.getByText(`${count} waiting`, { exact: true }).waitFor();

  await phone.goto(`${shop.url}/app`);
  await press('Look at the blue mug');
  await waiting(0);
  await phone.context().setOffline(true);
  await press('Look at the white bowl');
  await press('Put into the cart');
  await press('Sign in as Ann');
  await press('Buy');
  // What was looked at, the cart, whose the device is, who it is, and the order.
  await waiting(5);
  await phone.close({ runBeforeUnload: false });
  const again = await phone.context().newPage();
  await again.context().setOffline(false);
  const reopened = performance.now();
  await again.goto(`${shop.url}/app`);
  await again.getByText('0 waiting', { exact: true }).waitFor();
  await see(timeline().getByText('Order created').first(), GENEROUS_MS);
  console.warn(`what the app kept is on the card after ${Math.round(performance.now() - reopened)} ms`);
  await expect.poll(async () => (await entries()).filter((name) => name === 'Product viewed').length).toBe(2);
  for (const once of ['Order created', 'Cart updated', 'Application installed']) {
    expect((await entries()).filter((name) => name === once)).toEqual([once]);
  }
  await again.getByRole('button', { name: 'Sign out' }).click();
  await again.getByRole('button', { name: 'Look at the blue mug' }).click();
  const contacts = () =>
    besideServer({ MUSTER_DATA_DIR: server.dataDir }, ({ db }) =>
      db.query('select external_customer_id as id from contact where deleted_at is null order by id nulls last'),
    );
  // Who uses the phone after signing out is somebody else until they say who.
  await expect.poll(contacts, { timeout: GENEROUS_MS }).toEqual([{ id: 'SHOP-77' }, { id: null }]);
  await again.close();
  expect(failures).toEqual([]);
});

const open = async (name: string): Promise<Locator> => {
  const row = timeline().getByRole('listitem').filter({ hasText: name }).first();
  const button = row.getByRole('button');
  await button.focus();
  await owner.page.keyboard.press('Enter');
  return row;
};

test('the timeline says what was done, kind by kind, by keyboard', { timeout: 120_000 }, async () => {
  keepPicture();
  const { page, see } = owner;
  const purchase = await open('Purchased items');
  await see(purchase.getByText(/Product key mug/));
  await see(purchase.getByText('Web'));
  findings.push(...(await seriousFindings(page, 'timeline')));
  const filter = timeline().getByRole('combobox', { name: 'Show in the timeline' });
  await filter.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /^Product page/ }).click();
  await expect.poll(async () => new Set(await entries())).toEqual(new Set(['Product page']));
});

test('all of it is there without the server, also after a reload', { timeout: 180_000 }, async () => {
  keepPicture();
  const { page, see, expectNoServer } = owner;
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  expectNoServer(true);
  await server.stop();
  await page.reload();
  await see(page.getByRole('button', { name: /^Sync: Offline/ }));
  await see(card());
  await see(timeline().getByText('Purchased items').first(), GENEROUS_MS);
  await see(timeline().getByText('W-1001 · 1 product'));
  expect(await entries()).toEqual(
    expect.arrayContaining(['Customer data', 'Main page', 'Search request', 'Product page', 'Order created']),
  );
  const view = await open('Product page');
  await see(view.getByRole('definition').filter({ hasText: 'mug' }));
  await see(view.getByRole('definition').filter({ hasText: 'clay' }));
});

test('nobody is kept out, and nothing went wrong on the way', () => {
  expect(findings).toEqual([]);
  expect(owner.problems).toEqual([]);
});
