/** The app's data worker in a real Chromium, against a real server: the first sync, and how free the page stays during it. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ensureBuilt } from '#server/cli/set-up.mjs';
import { ADMIN } from '#tests/support/server.ts';
import type { Bench } from './bench.ts';
import { CONTACTS, firstSync, openSignedOut, openStage, type Stage } from './support/app-stage.ts';
import { watchBlocks } from './support/block-watch.ts';

const EVENTS = 1_000_000;
const SYNC_TARGET_MS = 5_000;
const BLOCK_TARGET_MS = 50;

/** The same bytes over the same connection, with nothing done to them. */
function transfer(page: Page): Promise<number> {
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

let syncStage: Stage | null = null;
const syncFirst: Bench = {
  name: 'sync.first',
  async prepare() {
    syncStage = await openStage(EVENTS);
  },
  async run() {
    if (!syncStage) throw new Error('sync.first was not prepared');
    const { context, page } = await openSignedOut(syncStage);
    const value = await firstSync(page, EVENTS);
    const reference = await transfer(page);
    await context.close();
    return { value, unit: 'ms', reference, target: SYNC_TARGET_MS, ok: value <= SYNC_TARGET_MS };
  },
  async finish() {
    await syncStage?.stop();
  },
};

/** The same watch over a page that does nothing, for as long: what the machine itself takes. */
async function idleBlock({ browser }: Stage, ms: number): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const watch = await watchBlocks(page);
  await page.waitForTimeout(ms);
  const idle = await watch.stop();
  await context.close();
  return idle.ms;
}

/** Until the list has all contacts and the rest is here too. The page looks by itself, seldom: a question of the driver is work too. */
function untilSynced(page: Page): Promise<void> {
  return page.evaluate(async (contacts) => {
    for (let looks = 0; looks < 480; looks++) {
      const rows = document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount');
      if (rows === String(contacts + 1) && document.querySelector('[aria-label="Sync: Synced"]')) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('The sync did not end within two minutes.');
  }, CONTACTS);
}

let blockStage: Stage | null = null;
const uiBlock: Bench = {
  name: 'app.uiblock',
  async prepare() {
    await ensureBuilt((line: string) => process.stderr.write(`${line}\n`));
    blockStage = await openStage(EVENTS, { appFolder: join(import.meta.dirname, '..', 'out', 'renderer') });
  },
  async run() {
    if (!blockStage) throw new Error('app.uiblock was not prepared');
    const context = await blockStage.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${blockStage.url}/contacts`);
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    const started = performance.now();
    // From the click on, so that drawing the workspace is part of it.
    const watch = await watchBlocks(page);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await untilSynced(page);
    await page.waitForTimeout(2_000);
    const { ms: value, cpuMs } = await watch.stop();
    await context.close();
    const reference = await idleBlock(blockStage, performance.now() - started);
    return {
      value,
      unit: `ms, of which the page itself worked ${cpuMs.toFixed(0)} ms`,
      reference,
      target: BLOCK_TARGET_MS,
      ok: value <= BLOCK_TARGET_MS,
    };
  },
  async finish() {
    await blockStage?.stop();
  },
};

export const benches: Bench[] = [syncFirst, uiBlock];
