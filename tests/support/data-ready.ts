import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/**
 * Resolves when the page has its data worker's api (`window.data`). Asked again and again from outside: what Playwright polls
 * with in the page is text that the page's policy does not let it compile.
 */
export async function dataReady(page: Page): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await page.evaluate('window.data !== undefined'))) {
    if (Date.now() > deadline) throw new Error('The page has had no data worker for 30 s.');
    await sleep(5);
  }
}
