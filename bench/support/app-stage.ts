/** A server with the bench shop in it, all its chunks built, and a real Chromium with the app's data worker. */
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
import { dataReady } from '#tests/support/data-ready.ts';
import { ADMIN, freePort } from '#tests/support/server.ts';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { makeShop, type ShopData } from './shop-data.ts';
import { loadShop } from './shop-load.ts';

export const CONTACTS = 100_000;
const BUILD_MS = 900_000;

export type Stage = {
  shop: ShopData;
  url: string;
  browser: Browser;
  stop: () => Promise<void>;
};

/** `appFolder`: a built app to serve; without one it is a page that offers the data worker and nothing else. */
export async function openStage(events: number, options: { appFolder?: string } = {}): Promise<Stage> {
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
    const shop = makeShop({ contacts: CONTACTS, events, orders: 200_000, deliveries: 100_000 });
    await loadShop(database.db, shop);
    const appFolder = options.appFolder ?? join(folder, 'page');
    if (!options.appFolder) await buildDataPage(appFolder);
    const config = readConfig({
      MUSTER_PORT: String(await freePort()),
      MUSTER_DATA_DIR: folder,
      MUSTER_DATABASE_URL: database.url,
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      MUSTER_NO_OPEN: '1',
    });
    const log = pino({ level: 'error' }, pino.destination(2));
    app = await startApp(config, { log, say: () => undefined, appFolder });
    await untilBuilt(database, events);
    browser = await launchBrowser();
    return { shop, url: app.url, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilBuilt({ db }: BenchDatabase, events: number): Promise<void> {
  const deadline = Date.now() + BUILD_MS;
  for (let built = -1; built < events; ) {
    if (Date.now() > deadline) throw new Error(`Only ${built} of ${events} events were in chunks in time.`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { chunks } = await readManifest(db);
    built = chunks.filter(({ table }) => table === 'event').reduce((sum, { rows }) => sum + rows, 0);
  }
}

export async function openSignedOut({ browser, url }: Stage): Promise<{ context: BrowserContext; page: Page }> {
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
export function firstSync(page: Page, events: number): Promise<number> {
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

/** A browser profile that holds everything, with no page open: whoever opens one starts the worker from the disk. */
export async function openSynced(stage: Stage, events: number): Promise<BrowserContext> {
  const { context, page } = await openSignedOut(stage);
  await firstSync(page, events);
  await until(
    page,
    (data) => data.status(),
    ({ syncedAt }) => syncedAt !== null,
  );
  await ask(page, (data) => data.syncNow());
  await page.close();
  return context;
}

/** A page on a worker that has just started, when it first answered. */
export async function openWarm(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  await dataReady(page);
  await page.evaluate(async () => {
    await window.data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1);
    await window.data.eventTypes();
  });
  return page;
}
