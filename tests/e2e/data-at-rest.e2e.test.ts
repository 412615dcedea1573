/** What lies on the disk of a device: a real Chromium with a profile folder, read byte by byte. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeContacts } from '#server/identity/write-contacts.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { launchProfile } from '#tests/support/chromium.ts';
import { ask, buildDataPage, until } from '#tests/support/data-page.ts';
import { dataReady } from '#tests/support/data-ready.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ADMIN, freePort } from '#tests/support/server.ts';
import { openSealed, type Sealed, sealedCopies, storedKeys } from './support/sealed-copies.ts';

const MARKERS = ['zebra-marker-4711@example.com', 'Quokkaville-4711', 'Vombatus-4711'];
const [EMAIL = '', TOWN = '', NAME = ''] = MARKERS;
const CONTROL = 'control-value-0815';

let folder = '';
let profile = '';
let port = 0;
let database: TestDatabase;
let app: TestApp | null = null;
let context: BrowserContext | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-at-rest-'));
  profile = join(folder, 'profile');
  await buildDataPage(join(folder, 'page'));
  database = await createTestDatabase();
  port = await freePort();
});
afterAll(async () => {
  await context?.close();
  await app?.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const url = () => `http://127.0.0.1:${port}/`;

async function startServer(): Promise<TestApp> {
  app = await startTestApp({
    env: {
      MUSTER_PORT: String(port),
      MUSTER_DATABASE_URL: database.url,
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
    },
    appFolder: join(folder, 'page'),
  });
  return app;
}

async function openPage(): Promise<Page> {
  context = await launchProfile(profile);
  const page = await context.newPage();
  await page.goto(url());
  await dataReady(page);
  return page;
}

async function closeBrowser(): Promise<void> {
  await context?.close();
  context = null;
}

/** Files of the profile that hold a text, in UTF-8 or in UTF-16. */
const filesWith = (text: string) => filesWithBytes([Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]);

function filesWithBytes(needles: Buffer[]): string[] {
  return readdirSync(profile, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(profile, name);
    if (!statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return needles.some((needle) => bytes.includes(needle));
  });
}

/** Everything the app answers about contacts and changes. */
async function everyAnswer(page: Page): Promise<string> {
  const answers = await ask(page, async (data) => [
    await data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 100),
    await data.contactPage({ search: '4711', rule: null, sort: { key: 'email', descending: false } }, 0, 100),
    await data.contactCard(1),
    await data.segmentAnswer({ type: 'all', rules: [] }, 50),
    await data.distinct('town', 100),
    await data.documents('contact-edit'),
    await data.documents('review'),
    await data.reviews(),
    await data.waitingChanges(),
    await data.exportWaiting(),
    await data.recentChanges(100),
    await data.localData(),
    await data.status(),
  ]);
  return JSON.stringify(answers);
}

const keyIds = async (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const name = names.find((one) => one.startsWith('muster-keys-'));
    if (!name) return [];
    return new Promise<string[]>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const reading = opening.result.transaction('keys').objectStore('keys').getAllKeys();
        reading.onsuccess = () => {
          opening.result.close();
          resolve(reading.result.map(String));
        };
      };
    });
  });

/** Leaves the app, so that nothing but what is stored can answer. */
async function storedOnly<T>(work: (page: Page) => Promise<T>): Promise<T> {
  context = await launchProfile(profile);
  const page = await context.newPage();
  await page.goto(`${url()}health`);
  const found = await work(page);
  await closeBrowser();
  return found;
}

test('[ERASE-2] an erased contact is in no answer and in no byte of the profile, and no stored key opens old copies', async () => {
  await startServer();
  await database.db.tx(async (tx) => {
    const person = { email: EMAIL, lastName: NAME, country: 'GB' };
    const values = [person, { email: 'somebody@example.com', lastName: 'Else', country: 'UA' }];
    await writeContacts(
      tx,
      values.map((one) => ({ values: one })),
      { source: 'API', now: Date.now() },
    );
  });
  let page = await openPage();
  await until(
    page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  await page.evaluate((admin) => window.data.actions.signIn(admin), ADMIN);
  await until(
    page,
    (data) => data.status(),
    ({ generation, syncedAt, transfer }) => generation > 0 && syncedAt !== null && transfer === null,
    60_000,
  );
  await until(page, everyContact, ({ total }) => total === 2);
  // A value that is not sealed would be found: this one is.
  await page.evaluate(async (control) => {
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('control', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const writing = opening.result.transaction('rows', 'readwrite');
        writing.objectStore('rows').put({ control }, 1);
        writing.oncomplete = () => {
          opening.result.close();
          resolve();
        };
      };
    });
  }, CONTROL);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  // What a card asks the server itself passes through the browser.
  const asked = await page.evaluate(async () => {
    const answer = await fetch('/trpc/contact.addresses?input=%7B%22contactId%22%3A1%7D');
    return answer.text();
  });
  expect(asked).toContain(EMAIL);

  // An edit that the server never sees.
  await app?.stop();
  app = null;
  await page.reload();
  await until(page, everyContact, ({ total }) => total === 2);
  await page.evaluate((town) => window.data.editContact(1, 'town', town), TOWN);
  await until(
    page,
    (data) => data.status(),
    ({ waiting }) => waiting === 1,
  );
  const shown = await everyAnswer(page);
  for (const marker of MARKERS) expect(shown).toContain(marker);
  await closeBrowser();
  expect(filesWith(CONTROL)).not.toEqual([]);
  for (const marker of MARKERS) expect(filesWith(marker)).toEqual([]);

  // Copies of what lies there sealed; with the key that lies beside it they open.
  const server = await startServer();
  const copies: Sealed[] = await storedOnly(sealedCopies);
  expect(copies.map(({ context: place }) => place.split(' ')[0])).toEqual(
    expect.arrayContaining(['documents', 'meta', 'chunk']),
  );
  const opened = await storedOnly((bare) => openSealed(bare, copies));
  expect(opened.opened).toBe(copies.length);
  expect(opened.texts.some((text) => text.includes(TOWN))).toBe(true);

  // The old key lies in one file, and nowhere else.
  const [key = ''] = await storedOnly(storedKeys);
  expect(key).toHaveLength(40);
  expect(filesWithBytes([Buffer.from(key, 'latin1')])).toHaveLength(1);

  await server.ports.contacts.erase(await administrator(), 1);
  page = await openPage();
  const [oldKey] = await keyIds(page);
  await until(page, everyContact, ({ total }) => total === 1, 60_000);
  await expect.poll(() => keyIds(page), { timeout: 60_000 }).not.toEqual([oldKey]);
  await expect.poll(async () => (await keyIds(page)).length, { timeout: 60_000 }).toBe(1);
  await until(
    page,
    (data) => data.status(),
    ({ online, waiting, transfer }) => online && waiting === 0 && transfer === null,
    60_000,
  );
  await until(page, everyContact, ({ total }) => total === 1, 60_000);
  const after = await everyAnswer(page);
  expect(after).toContain('somebody@example.com');
  for (const marker of MARKERS) expect(after).not.toContain(marker);
  await closeBrowser();

  for (const marker of MARKERS) expect(filesWith(marker)).toEqual([]);
  expect(filesWithBytes([Buffer.from(key, 'latin1')])).toEqual([]);
  expect(await storedOnly((bare) => openSealed(bare, copies))).toEqual({ keys: 1, opened: 0, texts: [] });
  const left = await storedOnly(sealedCopies);
  const leftTexts = (await storedOnly((bare) => openSealed(bare, left))).texts.join();
  expect(leftTexts).toContain('somebody@example.com');
  for (const marker of MARKERS) expect(leftTexts).not.toContain(marker);
});

const everyContact = (data: Window['data']) =>
  data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1);

async function administrator() {
  const [row] = await database.db.query<{ id: string; email: string; name: string }>(
    'select id, email, name from "user" limit 1',
  );
  if (!row) throw new Error('There is no administrator.');
  return { userId: row.id, email: row.email, name: row.name, role: 'admin' as const, sessionId: 'test' };
}
