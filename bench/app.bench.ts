/** The app's data worker in a real Chromium, against a real server: the first sync, and a start from what is on disk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type App, startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';
import { readManifest } from '#server/sync/generations.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ask, buildDataPage, until } from '#tests/support/data-page.ts';
import { ADMIN, freePort } from '#tests/support/server.ts';
import type { Bench } from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './support/bench-database.ts';
import { makeShop } from './support/shop-data.ts';
import { loadShop } from './support/shop-load.ts';

const CONTACTS = 100_000;
const FIRST_SYNC_EVENTS = 1_000_000;
const COLD_START_EVENTS = 5_000_000;
const BUILD_MS = 900_000;

type Stage = { app: App; url: string; browser: Browser; stop: () => Promise<void> };

/** A server with the shop in it, all chunks built, and a browser. */
async function stage(events: number): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-app-'));
  let database: BenchDatabase | null = null;
  let app: App | null = null;
  let browser: Browser | null = null;
  const stop = async () => {
    await browser?.close();
    await app?.stop();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    database = await startBenchDatabase();
    await loadShop(database.db, makeShop({ contacts: CONTACTS, events, orders: 200_000, deliveries: 100_000 }));
    await buildDataPage(join(folder, 'page'));
    const port = await freePort();
    const config = readConfig({
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: folder,
      MUSTER_DATABASE_URL: database.url,
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      MUSTER_NO_OPEN: '1',
    });
    app = await startApp(config, {
      log: pino({ level: 'error' }, pino.destination(2)),
      say: () => undefined,
      appFolder: join(folder, 'page'),
    });
    const deadline = Date.now() + BUILD_MS;
    for (let built = -1; built < events; ) {
      if (Date.now() > deadline) throw new Error(`Only ${built} of ${events} events were in chunks in time.`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const { chunks } = await readManifest(database.db);
      built = chunks.filter(({ table }) => table === 'event').reduce((sum, { rows }) => sum + rows, 0);
    }
    browser = await launchBrowser();
    return { app, url: app.url, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openSignedOut({ browser, url }: Stage): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await until(
    page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  return { context, page };
}

/** Signs in and waits until every contact and event is here. Answers the ms in between. */
async function firstSync(page: Page, events: number): Promise<number> {
  return page.evaluate(
    async ({ admin, contacts, wanted }) => {
      const started = performance.now();
      await window.data.actions.signIn(admin);
      for (;;) {
        const everybody = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
        const { total } = await window.data.contactPage(everybody, 0, 50);
        if (total === contacts) {
          const found = (await window.data.eventTypes()).reduce((sum, { count }) => sum + count, 0);
          if (found === wanted) return performance.now() - started;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    { admin: ADMIN, contacts: CONTACTS, wanted: events },
  );
}

/** The same bytes over the same connection, with nothing done to them. */
async function transfer(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const started = performance.now();
    const answer = await fetch('/trpc/sync.manifest');
    const manifest: { result: { data: { chunks: { hash: string }[] } } } = await answer.json();
    const queue = manifest.result.data.chunks.map(({ hash }) => hash);
    const lane = async () => {
      for (let hash = queue.shift(); hash; hash = queue.shift()) await (await fetch(`/chunks/${hash}`)).arrayBuffer();
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    return performance.now() - started;
  });
}

/** From the beginning of the page's load to 50 rows with names on the screen and a search answered. */
async function coldStart(context: BrowserContext, url: string): Promise<number> {
  // Closing its last window ended the worker: it starts from the disk.
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction('window.data !== undefined');
  const elapsed = await page.evaluate(async () => {
    const sort = { key: 'email', descending: false } as const;
    const { rows } = await window.data.contactPage({ search: '', rule: null, sort }, 0, 50);
    for (const { firstName, email } of rows) {
      const line = document.createElement('p');
      line.textContent = `${firstName} ${email}`;
      document.body.append(line);
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const found = await window.data.contactPage({ search: 'name1', rule: null, sort }, 0, 50);
    if (rows.length !== 50 || found.total === 0) throw new Error('The contacts were not there.');
    return performance.now();
  });
  await page.close();
  return elapsed;
}

/** Every chunk's bytes from the browser's store, with nothing done to them. */
async function readAll(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  // A page of this origin without the app, so that no worker runs.
  await page.goto(`${url}/health`);
  const elapsed = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const started = performance.now();
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const name = names.find((one) => one.endsWith('--chunks'));
    if (!name) throw new Error(`There is no store of chunks among ${names.join(', ')}.`);
    const db = await settled(indexedDB.open(name));
    const rows: { data: Blob }[] = await settled(db.transaction('attachments').objectStore('attachments').getAll());
    let bytes = 0;
    for (const { data } of rows) bytes += (await data.arrayBuffer()).byteLength;
    if (bytes === 0) throw new Error('No bytes were read.');
    return performance.now() - started;
  });
  await page.close();
  return elapsed;
}

const SYNC_TARGET_MS = 5_000;
let syncStage: Stage | null = null;
const syncFirst: Bench = {
  name: 'sync.first',
  async prepare() {
    syncStage = await stage(FIRST_SYNC_EVENTS);
  },
  async run() {
    if (!syncStage) throw new Error('sync.first was not prepared');
    const { context, page } = await openSignedOut(syncStage);
    const value = await firstSync(page, FIRST_SYNC_EVENTS);
    const reference = await transfer(page);
    await context.close();
    return { value, unit: 'ms', reference, target: SYNC_TARGET_MS, ok: value <= SYNC_TARGET_MS };
  },
  async finish() {
    await syncStage?.stop();
  },
};

const COLD_TARGET_MS = 1_000;
let coldStage: Stage | null = null;
let coldContext: BrowserContext | null = null;
const appColdStart: Bench = {
  name: 'app.coldstart',
  async prepare() {
    coldStage = await stage(COLD_START_EVENTS);
    const { context, page } = await openSignedOut(coldStage);
    await firstSync(page, COLD_START_EVENTS);
    await until(
      page,
      (data) => data.status(),
      ({ syncedAt }) => syncedAt !== null,
    );
    await ask(page, (data) => data.syncNow());
    await page.close();
    coldContext = context;
  },
  async run() {
    if (!coldStage || !coldContext) throw new Error('app.coldstart was not prepared');
    const value = await coldStart(coldContext, coldStage.url);
    const reference = await readAll(coldContext, coldStage.url);
    return { value, unit: 'ms', reference, target: COLD_TARGET_MS, ok: value <= COLD_TARGET_MS };
  },
  async finish() {
    await coldContext?.close();
    await coldStage?.stop();
  },
};

export const benches: Bench[] = [syncFirst, appColdStart];
