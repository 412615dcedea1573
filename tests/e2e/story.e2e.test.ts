/**
 * The story of a first day: from an empty workspace to a campaign's report, then without the server, by nothing but the
 * names and roles a person sees. Real server with its own PostgreSQL, real Chromium, real SMTP. The tests are chapters of
 * one story: each goes on where the one before it ended.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { z } from 'zod';
import { launchBrowser } from '#tests/support/chromium.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { type SmtpSink, startSmtpSink } from '#tests/support/smtp-sink.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer, muster } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { type Customer, type ShopFiles, writeShopFiles } from './support/shop-files.ts';

const OWNER = { email: 'owner@willow.example.org', password: 'correct horse battery', workspace: 'Willow & Co' };
/** In which nothing counts as read by a person: see server/deliveries/machine.ts. */
const TOO_FAST_TO_BE_READ_MS = 2500;
const READER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const LEAST_ORDERS = 4;

let folder: string;
let port: number;
let dataDir: string;
let sink: SmtpSink;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let person: Person;
let shop: ShopFiles;
let loyal: Customer[];
const findings: string[] = [];

async function start(): Promise<void> {
  server = await startServer({
    dataDir,
    port,
    // The administrator is made by hand, on the set-up screen.
    env: {
      MUSTER_ADMIN_EMAIL: '',
      MUSTER_ADMIN_PASSWORD: '',
      MUSTER_SMTP_URL: sink.url,
      MUSTER_TIME_ZONE: 'Europe/London',
    },
  });
}

const examine = async (screen: string): Promise<void> => {
  findings.push(...(await seriousFindings(person.page, screen)));
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-story-'));
  dataDir = temporaryDataDir();
  port = await freePort();
  const isLoyal = ({ orders }: Customer) => orders >= LEAST_ORDERS;
  // One of the loyal has no address: the campaign must skip them and say so.
  shop = await writeShopFiles(folder, 20_000, (customers) => customers.filter(isLoyal).slice(0, 1));
  loyal = shop.customers.filter(isLoyal);
  sink = await startSmtpSink();
  await start();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' });
  person = await createPerson(context);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await sink?.close();
  server?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** What the page looked like when a step failed: without it a name that never came says little. */
function keepPicture(): void {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-story-failed-${Date.now()}.png`);
    await person.page.screenshot({ path });
    const seen = await person.page.locator('body').ariaSnapshot();
    console.error(
      `${path}\nclicks: ${person.clicks.join(', ')}\n${[...person.problems, ...findings].join('\n')}\n${seen}`,
    );
  });
}

const thousands = (count: number) => count.toLocaleString('en-GB');

async function importFile(file: string): Promise<void> {
  const { page, choose, click, see } = person;
  await choose('Choose a file', page.getByRole('button', { name: 'Choose a file' }), file);
  // Everything is guessed right: by keyboard on to the check.
  await see(page.getByRole('region', { name: 'First rows of the file' }));
  await page.keyboard.press('Enter');
  await see(page.getByRole('region', { name: 'Rows as they would be stored' }));
  await examine('columns of an import');
  await page.keyboard.press('Enter');
  await see(page.getByText(/^Orders have no options|^People and values/));
  await page.keyboard.press('Enter');
  await see(page.getByRole('region', { name: 'What the import would do' }));
  await examine('check of an import');
  await click('Import', page.getByRole('button', { name: /^Import [\d,]+ lines$/ }));
  await see(page.getByRole('heading', { name: 'Imported' }));
}

async function setUp(): Promise<void> {
  const { page, see, type } = person;
  await page.goto(server.url);
  await see(page.getByRole('heading', { name: 'Set up Muster' }));
  await examine('set-up');
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(server.output())?.[0];
  expect(code, `a one-time code among: ${server.output()}`).toBeDefined();
  // Sent too early, every field says at once what it wants, the password as well.
  await page.keyboard.press('Enter');
  await see(page.getByText('Choose a password', { exact: true }));
  expect(await page.locator('input[aria-invalid=true]').count()).toBe(5);
  await type(page.getByLabel('Set-up code'), code ?? '');
  await type(page.getByLabel('Workspace name'), OWNER.workspace);
  await type(page.getByLabel('Your name'), 'Anna Willow');
  await type(page.getByLabel('Email'), OWNER.email);
  await type(page.getByLabel('Password', { exact: true }), OWNER.password);
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'Home' }));
  await see(page.getByText('0 of 5 done'));
  await examine('home of an empty workspace');
}

async function bringContactsIn(): Promise<void> {
  const { page, see, click } = person;
  await click('Import a file', page.getByRole('link', { name: 'Import a file' }));
  await see(page.getByRole('heading', { name: 'Import', exact: true }));
  await examine('import');
  await importFile(shop.ordersFile);
  const result = page.getByRole('region', { name: 'Result' });
  await see(result.getByText(thousands(shop.lines), { exact: true }));
  await examine('result of an import');
  await click('Import, in the breadcrumb', page.getByRole('link', { name: 'Import', exact: true }));
  await importFile(shop.contactsFile);
  await click('See contacts', page.getByRole('link', { name: 'See contacts' }));
}

async function lookAtContacts(): Promise<void> {
  const { page, see, click } = person;
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await see(grid);
  const header = page.getByRole('banner').or(page.getByRole('main'));
  await see(header.getByText(thousands(shop.customers.length), { exact: true }).first());
  const best = shop.customers.toSorted((a, b) => b.net - a.net)[0];
  await click('sort by revenue', grid.getByRole('button', { name: 'Revenue' }));
  await see(grid.getByRole('columnheader', { name: 'Revenue' }));
  const firstRow = grid.getByRole('row').nth(1);
  await expect.poll(() => firstRow.textContent(), { timeout: 30_000 }).toContain(best?.email);
  await examine('contacts');
  const someone = loyal.at(-1);
  await page.keyboard.press('/');
  await page.keyboard.type(`customer-${someone?.id}@`);
  await see(header.getByText(`1 of ${thousands(shop.customers.length)}`).first());
  await expect.poll(() => firstRow.textContent()).toContain(someone?.email);
}

async function buildSegment(): Promise<void> {
  const { page, see, click, type } = person;
  await click('Segments', page.getByRole('link', { name: 'Segments', exact: true }));
  await see(page.getByText('Group people by what they are and what they did'));
  await examine('segments of an empty workspace');
  await click('Repeat customers', page.getByRole('button', { name: /^Repeat customers/ }));
  await type(page.getByLabel('Name', { exact: true }), 'Loyal in December');
  const count = page.getByRole('complementary', { name: 'Matching contacts' }).getByRole('status');
  const repeat = shop.customers.filter(({ orders }) => orders >= 2).length;
  await expect.poll(() => count.textContent(), { timeout: 30_000 }).toBe(thousands(repeat));
  await type(page.getByLabel('Orders: number'), String(LEAST_ORDERS));
  await expect.poll(() => count.textContent()).toBe(thousands(loyal.length));
  await examine('segment builder');
}

async function setSender(): Promise<void> {
  const { page, see, click, type } = person;
  await click('Settings', page.getByRole('link', { name: 'Settings', exact: true }));
  await type(page.getByLabel('From name'), 'Anna from Willow');
  await type(page.getByLabel('From email'), 'anna@willow.example.org');
  await page.keyboard.press('Tab');
  await see(page.getByText('Saved locally · synced'));
  await examine('settings, sender');
}

async function writeMessage(): Promise<void> {
  const { page, see, click, type } = person;
  await click('Messages', page.getByRole('link', { name: 'Messages', exact: true }));
  await see(page.getByText('Write the first email'));
  await examine('messages of an empty workspace');
  await click('New message', page.getByRole('button', { name: 'New message' }).first());
  await type(page.getByLabel('Name', { exact: true }), 'December news');
  await type(page.getByLabel('Subject'), 'Three things for {{ contact.firstName }}');
  const mail = page.frameLocator('iframe[title="Email preview"]');
  await see(mail.getByText('Warm light, slow mornings'));
  await see(page.getByRole('region', { name: 'Preview' }).getByText(/^Three things for (?!\{)/));
  await examine('message editor');
  await click('Send test to myself', page.getByRole('button', { name: 'Send test to myself' }));
  await see(page.getByText(`Test sent to ${OWNER.email}.`));
  expect(sink.mails.map(({ to }) => to)).toEqual([OWNER.email]);
  const [test] = sink.mails.splice(0);
  expect(test?.parsed.subject).toMatch(/^\[Test\] Three things for \S/);
  expect(test?.parsed.html).toContain('Warm light, slow mornings');
}

async function sendCampaign(): Promise<void> {
  const { page, see, click, type } = person;
  const withAddress = loyal.length - 1;
  await click('Use in a campaign', page.getByRole('button', { name: 'Use in a campaign' }));
  await type(page.getByLabel('Name', { exact: true }), 'December, loyal customers');
  await see(page.getByText(`${withAddress} contacts`, { exact: true }));
  await examine('campaign');
  await click('Review and send', page.getByRole('button', { name: 'Review and send' }));
  const sheet = page.getByRole('dialog', { name: 'Review and send' });
  await see(sheet.getByText(`${withAddress} of ${loyal.length} contacts will get it`));
  await see(sheet.getByText('Without email'));
  await see(sheet.getByText('contact.firstName', { exact: true }));
  await see(sheet.getByText('Anna from Willow <anna@willow.example.org>'));
  await examine('pre-flight sheet');
  await click('Send', sheet.getByRole('button', { name: `Send to ${withAddress} contacts` }));
  await see(page.getByText(new RegExp(`Sending to ${withAddress} contacts starts in \\d+ s`)));
  await see(page.getByRole('button', { name: 'Cancel sending' }));
  expect(sink.mails).toEqual([]);
  await examine('cancel window');
  await see(
    page.getByText(`Sent to ${withAddress} of ${loyal.length} contacts. 1 skipped: 1 without email.`, { exact: true }),
  );
}

/** Each of the loyal with an address has one mail with everything a mailbox looks at. */
function checkMailbox(): void {
  const mails = sink.mails.toSorted((a, b) => (a.to < b.to ? -1 : 1));
  const expected = loyal.slice(1).toSorted((a, b) => (a.email < b.email ? -1 : 1));
  expect(mails.map(({ to }) => to)).toEqual(expected.map(({ email }) => email));
  expect(mails.map(({ parsed }) => parsed.subject)).toEqual(
    expected.map(({ firstName }) => `Three things for ${firstName}`),
  );
  expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(expected.length);
  for (const { parsed, raw } of mails) {
    expect(parsed.messageId).toMatch(/^<[^@\s]+@willow\.example\.org>$/);
    expect(parsed.from?.value).toEqual([{ name: 'Anna from Willow', address: 'anna@willow.example.org' }]);
    expect(raw).toMatch(/^List-Unsubscribe: <http:\/\/127\.0\.0\.1:/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    expect(parsed.html).toContain('Warm light, slow mornings');
    expect(parsed.text).toContain('Warm light, slow mornings');
  }
}

function mailOf(customer: Customer | undefined): string {
  const html = sink.mails.find(({ to }) => to === customer?.email)?.parsed.html;
  if (!html) throw new Error(`no HTML mail for ${customer?.email}`);
  return html.replaceAll('&amp;', '&');
}

const addressIn = (html: string, pattern: RegExp): string => {
  const found = pattern.exec(html)?.[1];
  if (!found) throw new Error(`${pattern} is not in the mail`);
  return found;
};

const fetchAsReader = (url: string) => fetch(url, { redirect: 'manual', headers: { 'user-agent': READER } });

/** One reads, one clicks and buys, one leaves. */
async function readMails(): Promise<void> {
  const [, opener, clicker, leaver] = loyal;
  await new Promise((done) => setTimeout(done, TOO_FAST_TO_BE_READ_MS));
  const pixel = await fetchAsReader(addressIn(mailOf(opener), /<img[^>]+src="([^"]+\/o\/[^"]+)"/));
  expect(pixel.headers.get('content-type')).toBe('image/gif');
  const link = await fetchAsReader(addressIn(mailOf(clicker), /href="([^"]+\/c\/[^"]+)"/));
  expect([link.status, link.headers.get('location')]).toEqual([302, 'https://example.com/new']);

  const tab = await browser.newContext();
  const page = await tab.newPage();
  await page.goto(addressIn(mailOf(leaver), /href="([^"]+\/u\/[^"]+)"/));
  await page.getByRole('button', { name: 'Unsubscribe' }).click();
  await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
  await tab.close();

  const { key } = z.object({ key: z.string() }).parse(await muster(dataDir, ['api-key', 'create', '--scope', 'full']));
  const order = {
    externalOrderId: 'after-the-mail-1',
    externalCustomerId: clicker?.id,
    date: new Date().toISOString(),
    status: 'DELIVERED',
    items: [{ externalItemId: 'apron', name: 'Linen apron', quantity: 2, cost: 24.75 }],
  };
  const answer = await fetch(`${server.url}/api/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`shop:${key}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ orders: [order] }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

async function lookAtReport(): Promise<void> {
  const { page, see, click } = person;
  const results = page.getByLabel('Results');
  const figures = () => results.textContent();
  // One opened; who clicked has opened too.
  await expect.poll(figures, { timeout: 60_000 }).toMatch(/Opened[^O]*2 people/);
  await expect.poll(figures).toMatch(/Clicked[\d.%]+1 person/);
  await expect.poll(figures).toMatch(/Unsubscribed[\d.%]+1 person/);
  await expect.poll(figures, { timeout: 60_000 }).toMatch(/Revenue within 7 days£49\.501 order/);
  await examine('campaign report');

  await click('Reports', page.getByRole('link', { name: 'Reports', exact: true }));
  const chart = page.getByRole('img', { name: /^Net revenue by day/ });
  await see(chart);
  expect(await chart.getAttribute('aria-label')).toContain('£49.50');
  const funnel = page.getByRole('list', { name: 'From recipients to orders' });
  const sent = loyal.length - 1;
  await expect
    .poll(() => funnel.getByRole('listitem').allTextContents())
    .toEqual([
      `Recipients${loyal.length}`,
      expect.stringMatching(`^Sent${sent}[\\d.]+% of recipients$`),
      expect.stringMatching(/^Opened2[\d.]+% of sent/),
      expect.stringMatching(/^Clicked1[\d.]+% of sent$/),
      expect.stringMatching(/^Ordered1/),
    ]);
  await examine('reports');
}

test('from the first run to the chart of a campaign', { timeout: 600_000 }, async () => {
  keepPicture();
  await setUp();
  await bringContactsIn();
  await lookAtContacts();
  await buildSegment();
  await setSender();
  await writeMessage();
  await sendCampaign();
  checkMailbox();
  await readMails();
  await lookAtReport();

  expect(person.clicks.length, `clicks: ${person.clicks.join(', ')}`).toBeLessThanOrEqual(20);
  expect(person.problems).toEqual([]);
});

test('what is edited without the server arrives when it is back', { timeout: 300_000 }, async () => {
  keepPicture();
  const { page, see, click, type, expectNoServer } = person;
  const someone = loyal.at(-1);
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  expectNoServer(true);
  await server.stop();
  await page.reload();
  await see(page.getByRole('button', { name: /^Sync: Offline since \d\d:\d\d$/ }));
  await click('Contacts', page.getByRole('link', { name: 'Contacts', exact: true }));
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await see(grid);
  await page.keyboard.press('/');
  await page.keyboard.type(`customer-${someone?.id}@`);
  const row = grid.getByRole('row').filter({ hasText: someone?.email ?? '' });
  await click('the contact', row);
  const card = page.getByRole('complementary', { name: 'Contact' });
  await click('First name', card.getByRole('button', { name: /First name/ }));
  await page.keyboard.type('Renamed Offline');
  await page.keyboard.press('Enter');
  await see(card.getByRole('img', { name: 'First name is waiting to sync' }));
  await examine('contact card, offline');

  await click('Segments', page.getByRole('link', { name: 'Segments', exact: true }));
  await click('the segment', page.getByRole('link', { name: 'Loyal in December' }));
  await type(page.getByLabel('Orders: number'), '2');
  const repeat = shop.customers.filter(({ orders }) => orders >= 2).length;
  const count = page.getByRole('complementary', { name: 'Matching contacts' }).getByRole('status');
  await expect.poll(() => count.textContent()).toBe(thousands(repeat));
  await click('the pill', await see(page.getByRole('button', { name: /^Sync: Offline · 2 waiting$/ })));
  const panel = page.getByRole('dialog', { name: 'Sync' });
  await see(panel.getByRole('link', { name: 'Loyal in December' }));
  await examine('sync panel, offline');
  await page.keyboard.press('Escape');
  // What waits must outlive the page.
  await page.reload();
  await see(page.getByRole('button', { name: /^Sync: Offline · 2 waiting$/ }));

  await start();
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  const kept = await besideServer({ MUSTER_DATA_DIR: dataDir }, async ({ db }) => ({
    contact: await db.query('select first_name from contact where external_customer_id = $1', [someone?.id]),
    segment: await db.query("select body from document where kind = 'segment'"),
  }));
  expect(kept.contact).toEqual([{ first_name: 'Renamed Offline' }]);
  expect(kept.segment).toMatchObject([{ body: { name: 'Loyal in December', rule: { rules: [{ value: 2 }] } } }]);
  expectNoServer(false);
  expect(person.problems).toEqual([]);
});

test('nobody is kept out: axe finds nothing serious on any screen, light or dark', { timeout: 300_000 }, async () => {
  keepPicture();
  const { page, see } = person;
  const places: [path: string, name: string][] = [
    ['/', 'Home'],
    ['/segments', 'Segments'],
    ['/messages', 'Messages'],
    ['/campaigns', 'Campaigns'],
    ['/imports', 'Import'],
    ['/settings/sending', 'Settings'],
    ['/settings/api-keys', 'Settings'],
    ['/settings/account', 'Settings'],
  ];
  for (const [path, name] of places) {
    await page.goto(`${server.url}${path}`);
    await see(page.getByRole('heading', { name, exact: true }));
    await see(page.getByRole('button', { name: 'Sync: Synced' }));
    await examine(path);
  }
  await page.keyboard.press('Control+k');
  await see(page.getByRole('dialog').or(page.getByRole('combobox')).first());
  await examine('palette');
  const [found] = shop.customers.filter(({ email }) => email !== null && email !== '');
  await page.keyboard.type(found?.email ?? '');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  // One answer, and it came after the last letter: Enter opens it, without a key in between.
  await expect.poll(() => palette.getByRole('button').count(), { timeout: 30_000 }).toBe(1);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/contacts\/\d+$/);
  await palette.waitFor({ state: 'hidden' });

  const stranger = await browser.newContext({ colorScheme: 'light' });
  const other = await createPerson(stranger);
  await other.page.goto(server.url);
  await other.see(other.page.getByRole('button', { name: 'Sign in' }));
  findings.push(...(await seriousFindings(other.page, 'sign-in')));
  await stranger.close();
  expect(findings).toEqual([]);
  expect([...person.problems, ...other.problems]).toEqual([]);
});
