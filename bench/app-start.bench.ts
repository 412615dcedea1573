/** The app's data worker in a real Chromium, against a real server: the first sync, and how free the page stays during it. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ensureBuilt } from '#server/cli/set-up.mjs';
import { ADMIN } from '#tests/support/server.ts';
import type { Bench } from './bench.ts';
import { firstSync, openSignedOut, openStage, type Stage } from './support/app-stage.ts';

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

/** Notes the longest time in which the page could not have answered a click, from now on. */
function watchBlocks(page: Page): Promise<void> {
  return page.evaluate(() => {
    let last = performance.now();
    const watch = { longest: 0 };
    Object.assign(window, { watch });
    // A tick asked for every 4 ms comes late by as long as something else held the thread.
    setInterval(() => {
      const now = performance.now();
      watch.longest = Math.max(watch.longest, now - last - 4);
      last = now;
    }, 4);
  });
}

const longestBlock = (page: Page): Promise<number> => page.evaluate('window.watch.longest');

/** The same watch over a page that does nothing, for as long: what the machine itself takes. */
async function idleBlock({ browser }: Stage, ms: number): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await watchBlocks(page);
  await page.waitForTimeout(ms);
  const longest = await longestBlock(page);
  await context.close();
  return longest;
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
    // Drawing the shell once is not the sync: the watch begins when it is there.
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').first().waitFor();
    await watchBlocks(page);
    const started = performance.now();
    await page.getByText('100,000').first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(2_000);
    const value = await longestBlock(page);
    await context.close();
    const reference = await idleBlock(blockStage, performance.now() - started);
    return { value, unit: 'ms', reference, target: BLOCK_TARGET_MS, ok: value <= BLOCK_TARGET_MS };
  },
  async finish() {
    await blockStage?.stop();
  },
};

export const benches: Bench[] = [syncFirst, uiBlock];
