import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { DataApi } from '#renderer/data/data-api.ts';
import config from '../../electron.vite.config.ts';

declare global {
  interface Window {
    data: DataApi;
  }
}

const folder = join(import.meta.dirname, '..', 'e2e', 'data-page');

/** Builds a page that offers the data worker and nothing else, with the app's own settings and service worker. */
export async function buildDataPage(outDir: string): Promise<void> {
  const given = typeof config === 'object' && 'renderer' in config ? config.renderer : undefined;
  if (!given) throw new Error('The build has no renderer.');
  // The test runner sets "test", which would build the development form of everything.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({
    ...given,
    configFile: false,
    logLevel: 'error',
    root: folder,
    build: {
      ...given.build,
      outDir,
      rolldownOptions: {
        ...given.build?.rolldownOptions,
        input: {
          index: join(folder, 'index.html'),
          'service-worker': join(import.meta.dirname, '..', '..', 'src-renderer', 'service-worker.ts'),
        },
      },
    },
  }).finally(() => {
    process.env.NODE_ENV = environment;
  });
}

/** Waits until a question to the data worker has the wanted answer. */
export async function until<T>(
  page: Page,
  question: (data: DataApi) => Promise<T>,
  wanted: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask(page, question);
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms; last answer: ${JSON.stringify(answer)}`);
    await page.waitForTimeout(50);
  }
}

/** Asks the data worker through the page. The question travels as text: it may not close over anything. */
export async function ask<T>(page: Page, question: (data: DataApi) => Promise<T>): Promise<T> {
  const text = `(${question.toString()})(window.data)`;
  return page.evaluate(text) as Promise<T>;
}
