/** The data worker against a real server in a real Chromium: first sync, working without the server, and coming back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type App, startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';
import { writeContacts } from '#server/identity/write-contacts.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ask, buildDataPage, until } from '#tests/support/data-page.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ADMIN, freePort } from '#tests/support/server.ts';

let folder: string;
let browser: Browser;
let database: TestDatabase;
let app: App | null = null;
let context: BrowserContext;
let page: Page;
let port: number;
const problems: string[] = [];

async function start(): Promise<App> {
  const config = readConfig({
    MUSTER_PORT: String(port),
    MUSTER_DATA_DIR: folder,
    MUSTER_DATABASE_URL: database.url,
    MUSTER_ADMIN_EMAIL: ADMIN.email,
    MUSTER_ADMIN_PASSWORD: ADMIN.password,
    MUSTER_NO_OPEN: '1',
  });
  app = await startApp(config, {
    log: pino({ level: 'error' }),
    say: () => undefined,
    appFolder: join(folder, 'page'),
  });
  return app;
}

async function stop(): Promise<void> {
  await app?.stop();
  app = null;
}

async function addContacts(count: number, from = 0): Promise<void> {
  await database.db.tx(async (tx) => {
    const writes = Array.from({ length: count }, (_, index) => ({
      values: {
        email: `person${from + index}@example.com`,
        firstName: `First${(from + index) % 97}`,
        lastName: `Last${from + index}`,
        country: index % 2 === 0 ? 'GB' : 'UA',
      },
    }));
    await writeContacts(tx, writes, { source: 'API', now: Date.now() });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-data-worker-'));
  await buildDataPage(join(folder, 'page'));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await createTestDatabase();
  port = await freePort();
  await start();
  context = await browser.newContext();
  page = await context.newPage();
  problems.length = 0;
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${port}/`);
});
afterEach(async () => {
  await context?.close();
  await stop();
  await database?.drop();
});

async function signIn(): Promise<void> {
  await until(
    page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  await page.evaluate((admin) => window.data.actions.signIn(admin), ADMIN);
}

test('signs in, brings all contacts, and answers pages, searches and cards', async () => {
  await addContacts(250);
  await signIn();
  const answer = await until(
    page,
    (data) => data.contactPage({ search: '', rule: null, sort: { key: 'lastName', descending: true } }, 0, 3),
    ({ total }) => total === 250,
  );
  expect(answer.rows.map((row) => row.lastName)).toEqual(['Last99', 'Last98', 'Last97']);
  const found = await ask(page, (data) =>
    data.contactPage({ search: 'PERSON7@', rule: null, sort: { key: 'id', descending: false } }, 0, 10),
  );
  expect(found.rows.map((row) => row.email)).toEqual(['person7@example.com']);
  const session = await ask(page, (data) => data.session());
  expect(session).toMatchObject({ state: 'signedIn', user: { email: ADMIN.email } });
  expect(problems).toEqual([]);
});

test('a wrong password is told as such', async () => {
  await until(
    page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  const error = await ask(page, (data) =>
    data.actions.signIn({ email: 'owner@shop.example.org', password: 'not this one' }).then(
      () => null,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toMatchObject({ code: 'unauthorized' });
});

test('reloads without the server, edits there, and the edits arrive when it is back', async () => {
  await addContacts(50);
  await signIn();
  await until(
    page,
    (data) => data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
    ({ total }) => total === 50,
  );
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await until(
    page,
    (data) => data.status(),
    ({ syncedAt }) => syncedAt !== null,
  );

  await stop();
  await page.reload();
  const offline = await until(
    page,
    (data) => data.status(),
    ({ offlineSince }) => offlineSince !== null,
  );
  expect(offline.online).toBe(false);
  const kept = await ask(page, (data) =>
    data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 2),
  );
  expect(kept.total).toBe(50);
  const [first] = kept.rows;
  expect(first?.email).toBe('person0@example.com');

  await page.evaluate((id) => window.data.editContact(id, 'firstName', 'Renamed'), first?.id ?? 0);
  const id = await ask(page, (data) =>
    data.saveDocument('segment', null, {
      name: 'Made offline',
      description: '',
      rule: { type: 'all', rules: [{ type: 'text', field: 'country', op: 'is', values: ['GB'] }] },
      createdAt: 1,
    }),
  );
  const refused = await page.evaluate(
    (contact) =>
      window.data.editContact(contact, 'email', 'no address').then(
        () => null,
        (reason: unknown) => reason,
      ),
    first?.id ?? 0,
  );
  expect(refused).toMatchObject({ code: 'invalid_input', field: 'email' });

  // Another reload: what waits must outlive the worker.
  await page.reload();
  const waiting = await until(
    page,
    (data) => data.status(),
    (status) => status.waiting > 0,
  );
  expect(waiting.waiting).toBe(2);
  const card = await page.evaluate((contact) => window.data.contactCard(contact), first?.id ?? 0);
  expect(card?.row.firstName).toBe('Renamed');
  expect(card?.pending).toEqual(['firstName']);
  const answer = await ask(page, (data) =>
    data.segmentAnswer({ type: 'text', field: 'country', op: 'is', values: ['gb'] }, 0),
  );
  expect(answer.count).toBe(25);

  await start();
  await until(
    page,
    (data) => data.status(),
    (status) => status.online && status.waiting === 0,
  );
  const rows = await database.db.query<{ first_name: string }>('select first_name from contact where id = $1', [
    first?.id,
  ]);
  expect(rows).toEqual([{ first_name: 'Renamed' }]);
  const documents = await database.db.query<{ name: string }>(
    "select body ->> 'name' as name from document where id = $1",
    [id],
  );
  expect(documents).toEqual([{ name: 'Made offline' }]);
  const settled = await until(
    page,
    (data) => data.contactCard(1),
    (found) => found !== null && found.pending.length === 0,
  );
  expect(settled?.row.firstName).toBe('Renamed');
});
