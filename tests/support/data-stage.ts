/** A real server on a database of its own and a real browser page that holds the data worker, for one test at a time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type App, startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';
import { writeContacts } from '#server/identity/write-contacts.ts';
import { launchBrowser } from './chromium.ts';
import { ask, buildDataPage, until } from './data-page.ts';
import { dataReady } from './data-ready.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { ADMIN, freePort } from './server.ts';

export type DataStage = {
  readonly app: App;
  readonly database: TestDatabase;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly url: string;
  /** Errors of the page and violations of its content security policy. */
  readonly problems: readonly string[];
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  /** Contacts person<n>@example.com, every other one from GB. */
  addContacts(count: number): Promise<void>;
  signIn(): Promise<void>;
  /** Resolves when the page has this many contacts. */
  waitForContacts(count: number): Promise<void>;
  waitForStatus(wanted: 'synced' | 'offline'): Promise<void>;
};

/** Sets the hooks that build the stage anew for each test of the file. */
export function setDataStage(): DataStage {
  let folder = '';
  let browser: Browser | null = null;
  let app: App | null = null;
  let database: TestDatabase | null = null;
  let context: BrowserContext | null = null;
  let page: Page | null = null;
  let port = 0;
  const problems: string[] = [];

  function present<T>(value: T | null): T {
    if (value === null) throw new Error('The stage is set inside tests only.');
    return value;
  }

  const stage: DataStage = {
    get app() {
      return present(app);
    },
    get database() {
      return present(database);
    },
    get context() {
      return present(context);
    },
    get page() {
      return present(page);
    },
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    problems,
    async startServer() {
      const config = readConfig({
        MUSTER_PORT: String(port),
        MUSTER_DATA_DIR: folder,
        MUSTER_DATABASE_URL: present(database).url,
        MUSTER_ADMIN_EMAIL: ADMIN.email,
        MUSTER_ADMIN_PASSWORD: ADMIN.password,
        MUSTER_NO_OPEN: '1',
      });
      app = await startApp(config, {
        log: pino({ level: 'error' }),
        say: () => undefined,
        appFolder: join(folder, 'page'),
      });
    },
    async stopServer() {
      await app?.stop();
      app = null;
    },
    async addContacts(count) {
      await stage.database.db.tx(async (tx) => {
        const writes = Array.from({ length: count }, (_, index) => ({
          values: {
            email: `person${index}@example.com`,
            firstName: `First${index % 97}`,
            lastName: `Last${index}`,
            country: index % 2 === 0 ? 'GB' : 'UA',
          },
        }));
        await writeContacts(tx, writes, { source: 'API', now: Date.now() });
      });
    },
    async signIn() {
      await until(
        stage.page,
        (data) => data.session(),
        ({ state }) => state === 'signedOut',
      );
      await stage.page.evaluate((admin) => window.data.actions.signIn(admin), ADMIN);
    },
    async waitForContacts(count) {
      await until(
        stage.page,
        (data) => data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
        ({ total }) => total === count,
      );
    },
    async waitForStatus(wanted) {
      await until(
        stage.page,
        (data) => data.status(),
        (status) =>
          wanted === 'offline'
            ? status.offlineSince !== null
            : status.online && !status.signInNeeded && status.waiting === 0 && status.syncedAt !== null,
      );
    },
  };

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
    await stage.startServer();
    context = await present(browser).newContext();
    page = await context.newPage();
    problems.length = 0;
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    await page.goto(stage.url);
    await dataReady(page);
  });
  afterEach(async () => {
    await context?.close();
    await stage.stopServer();
    await database?.drop();
  });
  return stage;
}

/** Saves a segment in the page; answers its id. */
export async function saveSegment(page: Page, name: string, description = ''): Promise<string> {
  return page.evaluate(
    (body) =>
      window.data.saveDocument('segment', null, {
        ...body,
        rule: { type: 'all', rules: [{ type: 'text', field: 'country', op: 'is', values: ['GB'] }] },
        createdAt: 1,
      }),
    { name, description },
  );
}

/** The page's segments by name, with what is known of each. */
export async function segments(page: Page) {
  const docs = await ask(page, (data) => data.documents('segment'));
  return docs.map(({ id, body, waiting, refusal }) => ({
    id,
    name: body.name,
    text: body.description,
    waiting,
    refusal,
  }));
}
