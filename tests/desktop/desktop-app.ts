import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { vi } from 'vitest';
import { launchBrowser } from '#tests/support/chromium.ts';
import { app } from './fake-electron.ts';
import { fake, type MenuItem } from './fake-state.ts';
import type { FakeWindow } from './fake-window.ts';

/* The built main process and preload, with Electron played by Chromium. */

const built = join(import.meta.dirname, '../../out');

type Invoke = { desktop: { invoke: (operation: string, input?: unknown) => Promise<unknown> } };
export type LogLine = { level: string; event: string } & Record<string, unknown>;

export type DesktopApp = {
  folder: string;
  window: FakeWindow;
  page: Page;
  /** What Chromium said against the content security policy. */
  violations: string[];
  invoke: (operation: string, input?: unknown) => Promise<unknown>;
  menuItem: (label: string) => MenuItem | undefined;
  log: () => LogLine[];
  /** As quitting does it: what main started has ended afterwards. */
  quit: () => Promise<void>;
  dispose: () => Promise<void>;
};

/** A folder for the app's data that PostgreSQL's user can pass through. */
export function userDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-desktop-'));
  chmodSync(folder, 0o711);
  return folder;
}

const flat = (items: MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

/** Starts the app. One a test file: main is a program, and begins when it is imported. */
export async function startDesktop(serverUrl: string | null, folder = userDataFolder()): Promise<DesktopApp> {
  if (!existsSync(join(built, 'main/index.js'))) throw new Error('Run the build first');
  if (serverUrl === null) delete process.env.MUSTER_SERVER_URL;
  else process.env.MUSTER_SERVER_URL = serverUrl;
  const violations: string[] = [];
  fake.userData = folder;
  fake.browser = await launchBrowser();
  fake.context = await fake.browser.newContext();
  fake.context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await import(join(built, 'main/index.js'));
  const window = await vi.waitFor(
    () => {
      const [first] = fake.windows;
      if (!first) throw new Error('no window');
      return first;
    },
    { timeout: 10_000 },
  );
  await window.loaded;
  const { page } = window;
  if (!page) throw new Error('no page');
  return {
    folder,
    window,
    page,
    violations,
    invoke: (operation, input) =>
      page.evaluate(
        ([name, value]) => (globalThis as unknown as Invoke).desktop.invoke(name as string, value),
        [operation, input],
      ),
    menuItem: (label) => flat(fake.menu).find((item) => item.label === label),
    log: () =>
      readFileSync(join(folder, 'logs', 'muster.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    async quit() {
      const before = fake.quits;
      app.quit();
      await vi.waitFor(() => {
        if (fake.quits === before) throw new Error('has not ended yet');
      }, 60_000);
    },
    async dispose() {
      for (const each of fake.windows) await each.page?.close();
      for (const server of fake.servers) {
        server.closeAllConnections();
        server.close();
      }
      for (const { child } of fake.processes)
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await fake.browser?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
