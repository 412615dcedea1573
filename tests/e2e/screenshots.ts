/**
 * `npm run screenshots`: every screen of the app, in two sizes, light and dark, with the demo shop; and its states: empty,
 * 100,000 contacts, without the server. Fails when a picture shows what no picture may (see support/picture-check.ts).
 */
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ensureBuilt } from '#server/cli/set-up.mjs';
import type { Role } from '#shared/account/roles.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { startSmtpSink } from '#tests/support/smtp-sink.ts';
import { besideServer } from './support/beside-server.ts';
import { fillWorkspace } from './support/demo-workspace.ts';
import { seedManyContacts } from './support/many-contacts.ts';
import { type Album, openAlbum, type Variants } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import { type StagedAnswers, stageAnswers } from './support/staged-answers.ts';
import { busyWorkspace, stagedStatus, troubledWorkspace } from './support/staged-sync.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');
const NO_ADMIN = { MUSTER_ADMIN_EMAIL: '', MUSTER_ADMIN_PASSWORD: '' };
const ZONE = { MUSTER_TIME_ZONE: 'Europe/London' };
/** For states, which differ from the screen only in what is in them. */
const ONE = { sizes: [1280], schemes: ['light'] } as const;
const SMALL = { sizes: [1280] } as const;
const CONTACTS = 100_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const album: Album = openAlbum();

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  page.on('pageerror', (error) => album.problems.push(`page error at ${page.url()}: ${error.message}`));
  return page;
}

/** Goes there, and waits until a text of its content is on the page and nothing is on its way any more. */
async function visit(page: Page, url: string, shows: string | RegExp): Promise<void> {
  await page.goto(url);
  await page.getByText(shows).first().waitFor();
  await page.getByRole('button', { name: /^Sync: (Synced|Offline)/ }).waitFor();
}

type Stop = [name: string, path: string, shows: string, variants?: Variants];

/** Each place in turn, in the small size unless told. */
async function takeAll(page: Page, url: string, stops: Stop[]): Promise<void> {
  for (const [name, path, shows, variants = SMALL] of stops) {
    await visit(page, `${url}${path}`, shows);
    await album.take(page, name, variants);
  }
}

/** From the very first screen to every place while nothing is in it. */
async function emptyWorkspace(page: Page, server: RunningServer): Promise<void> {
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Set up Muster' }).waitFor();
  await album.take(page, 'set-up');
  await page.getByLabel('Set-up code').fill(/[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(server.output())?.[0] ?? '');
  await page.getByLabel('Workspace name').fill('Willow & Co');
  await page.getByLabel('Your name').fill('Anna Willow');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  await takeAll(page, server.url, [
    ['home-empty', '/', 'First steps', {}],
    ['contacts-empty', '/contacts', 'Everybody you know will be here'],
    ['segments-empty', '/segments', 'Group people by'],
    ['messages-empty', '/messages', 'Write the first email'],
    ['campaigns-empty', '/campaigns', 'Send the first campaign'],
    ['reports-empty', '/reports', 'Revenue appears with the first order'],
    ['sync-empty', '/sync', 'Everything of yours is on the server'],
    ['review-empty', '/sync/review', 'Nothing to review'],
  ]);
}

/** The click scrolls the column into sight; the picture shows the list from its left edge. */
async function sortByRevenue(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Revenue' }).click();
  await page.getByRole('grid', { name: 'Contacts' }).evaluate((grid) => grid.scrollTo({ left: 0 }));
}

async function screens(page: Page, url: string, made: Awaited<ReturnType<typeof fillWorkspace>>): Promise<void> {
  await visit(page, `${url}/contacts`, '@');
  await sortByRevenue(page);
  await album.take(page, 'contacts');
  await visit(page, `${url}/contacts/${made.bestContact}`, 'Last order');
  await sortByRevenue(page);
  await album.take(page, 'contact-card');
  await visit(page, `${url}/`, 'Net revenue');
  await album.take(page, 'home');
  await visit(page, `${url}/segments`, 'Repeat customers');
  await album.take(page, 'segments');
  await visit(page, `${url}/segments/demo-segment-2`, /of [\d,]+ contacts/);
  await album.take(page, 'segment-builder');
  await visit(page, `${url}/messages`, 'Autumn edit');
  await album.take(page, 'messages');
  await visit(page, `${url}/messages/demo-message-0`, 'Checks');
  await page.frameLocator('iframe[title="Email preview"]').getByText('Warm light, slow mornings').waitFor();
  await album.take(page, 'message-editor');
  await visit(page, `${url}/campaigns`, 'Autumn newsletter');
  await album.take(page, 'campaigns');
  await visit(page, `${url}/campaigns/${made.draft}`, 'can get mail');
  await album.take(page, 'campaign-draft');
  await page.getByRole('button', { name: 'Review and send' }).click();
  await page.getByText('will get it').waitFor();
  await album.take(page, 'campaign-preflight');
  await visit(page, `${url}/campaigns/${made.report}`, 'Revenue within 7 days');
  await album.take(page, 'campaign-report');
  await visit(page, `${url}/reports`, 'Latest campaigns');
  await page.getByText('90 days').click();
  await album.take(page, 'reports');
  await visit(page, `${url}/imports`, 'Drop a file here');
  await album.take(page, 'imports');
  await visit(page, `${url}/settings`, 'From name');
  await album.take(page, 'settings');
  await visit(page, `${url}/sync`, 'On this device');
  await page.getByText('may use on this device').waitFor();
  await album.take(page, 'sync');
  await visit(page, `${url}/contacts/${made.bestContact}`, 'Last order');
  await page.getByRole('complementary', { name: 'Contact' }).getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Erase this contact…' }).click();
  await page.getByLabel('Type “ERASE” to go on').waitFor();
  await album.take(page, 'contact-erase', ONE);
  await visit(page, `${url}/settings/sending`, 'Ready for campaigns');
  await album.take(page, 'settings-sending', ONE);
  await visit(page, `${url}/`, 'Net revenue');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('win');
  await page.getByText('Win back, November').first().waitFor();
  await album.take(page, 'palette');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Sync: / }).click();
  await page.getByText('In step with the server').waitFor();
  await album.take(page, 'sync-panel');
}

/** Where data comes in, and what is made of it. */
async function dataIn(page: Page, url: string): Promise<void> {
  await takeAll(page, url, [
    ['lists', '/lists', 'Lists'],
    ['tags', '/tags', 'Tags'],
    ['duplicates', '/duplicates', 'Duplicates'],
    ['event-types', '/events', 'Product viewed'],
    ['event-type', '/events/types/productViewed', 'Parameters'],
    ['events-live', '/events/live', 'Events'],
    ['events-problems', '/events/problems', 'Events'],
    ['settings-fields', '/settings/fields', 'Fields'],
    ['settings-subscriptions', '/settings/subscriptions', 'Subscriptions'],
    ['settings-api-keys', '/settings/api-keys', 'API keys'],
    ['settings-sites', '/settings/sites', 'Sites'],
  ]);
}

/** What takes people and weeks to come about: told by staged answers, shown by the real screens. */
async function staged(context: BrowserContext, url: string): Promise<void> {
  const now = Date.now();
  const show = async (
    answers: StagedAnswers,
    path: string,
    shows: string | RegExp,
    name: string,
    variants = {},
    act?: (page: Page) => Promise<void>,
  ) => {
    const page = await open(context);
    await stageAnswers(page, answers);
    await page.goto(`${url}${path}`);
    await page.getByText(shows).first().waitFor();
    await act?.(page);
    await album.take(page, name, variants);
    await page.close();
  };
  const busy = busyWorkspace(now);
  const asRole = (role: Role) => ({ status: { ...stagedStatus(now), waiting: 0, refused: 0, reviews: 0, role } });
  await show(busy, '/sync', 'Joined with your change', 'sync-full');
  await show(troubledWorkspace(now), '/sync', 'This app is too old', 'sync-trouble', SMALL);
  await show(busy, '/sync/review', 'The server refused your text', 'review');
  await show(busy, '/settings/members', 'Chloé Martin', 'settings-members');
  await show(busy, '/settings/devices', 'Muster on Windows', 'settings-devices');
  await show(busy, '/settings/account', 'Time zone', 'sign-out-unsent', ONE, async (page) => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Keep them on this device').waitFor();
  });
  await show(asRole('marketerNoPersonal'), '/contacts', /^Contact \d+$/, 'contacts-without-names', ONE);
  await show(asRole('auditor'), '/segments/demo-segment-2', 'does not change it', 'segment-read-only', ONE);
}

/** The draft of a segment that a campaign waits to use, and what publishing it would change. */
async function publishing(page: Page, url: string): Promise<void> {
  await visit(page, `${url}/segments/demo-segment-0`, /of [\d,]+ contacts/);
  await page.getByLabel('Orders: number').fill('4');
  await page.getByText('Unpublished changes').waitFor();
  await page.getByRole('button', { name: /^Sync: Synced/ }).waitFor();
  await album.take(page, 'segment-draft', ONE);
  await page.getByRole('button', { name: 'Publish…' }).click();
  await page.getByText('Go out').waitFor();
  await album.take(page, 'segment-publish', SMALL);
}

async function offline(page: Page, url: string, made: Awaited<ReturnType<typeof fillWorkspace>>): Promise<void> {
  await visit(page, `${url}/contacts/${made.bestContact}`, 'Last order');
  await page.getByRole('button', { name: /^Sync: Offline/ }).waitFor();
  await page.getByRole('button', { name: /^(Edit|Add) Town/ }).click();
  await page.keyboard.type('Bath');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /1 waiting/ }).waitFor();
  await album.take(page, 'contacts-offline');
  await page.getByRole('button', { name: /^Sync: / }).click();
  await page.getByText('Waiting changes').waitFor();
  await album.take(page, 'sync-panel-offline', ONE);
  await visit(page, `${url}/sync`, 'Waiting to be sent');
  await album.take(page, 'sync-offline', ONE);
  await visit(page, `${url}/settings/account`, 'Time zone');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Export them as a file').waitFor();
  await album.take(page, 'sign-out-offline', ONE);
  await visit(page, `${url}/campaigns/${made.draft}`, 'Prepared on this device');
  await album.take(page, 'campaign-draft-offline', ONE);
}

async function demo(browser: Browser): Promise<void> {
  const sink = await startSmtpSink();
  const port = await freePort();
  const env = { ...NO_ADMIN, ...ZONE, MUSTER_SMTP_URL: sink.url };
  const server = await startServer({ port, env });
  try {
    const context = await browser.newContext({ colorScheme: 'light', locale: 'en-GB' });
    const page = await open(context);
    await emptyWorkspace(page, server);
    const made = await besideServer(
      { ...env, MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(port) },
      fillWorkspace,
    );
    say(`Demo shop filled; ${sink.mails.length} mails are in the sink.`);
    const stranger = await browser.newContext({ colorScheme: 'light', locale: 'en-GB' });
    const door = await open(stranger);
    await door.goto(server.url);
    await door.getByRole('button', { name: 'Sign in' }).waitFor();
    await album.take(door, 'sign-in');
    await stranger.close();
    await screens(page, server.url, made);
    await dataIn(page, server.url);
    await publishing(page, server.url);
    await staged(context, server.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await server.stop();
    await offline(page, server.url, made);
    await context.close();
  } finally {
    await server.stop();
    server.remove();
    await sink.close();
  }
}

async function manyContacts(browser: Browser): Promise<void> {
  const dataDir = temporaryDataDir();
  await besideServer({ MUSTER_DATA_DIR: dataDir }, (deps) => seedManyContacts(deps, CONTACTS));
  const server = await startServer({ dataDir, env: ZONE });
  try {
    const context = await browser.newContext({ colorScheme: 'light', locale: 'en-GB' });
    const page = await open(context);
    await signIn(page, server.url);
    await visit(page, `${server.url}/contacts`, '100,000');
    const grid = page.getByRole('grid', { name: 'Contacts' });
    await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight * 0.2 }));
    await grid.getByText('@').first().waitFor();
    await album.take(page, 'contacts-100k');
    await context.close();
  } finally {
    await server.stop();
    server.remove();
  }
}

await ensureBuilt(say);
const browser = await launchBrowser();
try {
  await demo(browser);
  await manyContacts(browser);
} finally {
  await browser.close();
}
album.replace(folder);
say(`${album.taken.length} pictures in docs/screenshots.`);
for (const problem of album.problems) say(problem);
process.exitCode = album.problems.length === 0 ? 0 : 1;
