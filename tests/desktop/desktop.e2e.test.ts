import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';
import { app, type BrowserWindow, disposeFake, fake, type MenuItem } from './fake-electron.ts';

/* The built main process and preload, with Electron played by Chromium and the server real. */

const built = join(import.meta.dirname, '../../out');
const folder = mkdtempSync(join(tmpdir(), 'muster-desktop-'));
let server: RunningServer;
let appWindow: BrowserWindow;
let page: Page;
const violations: string[] = [];

beforeAll(async () => {
  expect(existsSync(join(built, 'main/index.js')), 'run the build first').toBe(true);
  server = await startServer();
  process.env.MUSTER_SERVER_URL = server.url;
  fake.userData = folder;
  fake.browser = await launchBrowser();
  fake.context = await fake.browser.newContext();
  fake.context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await import(join(built, 'main/index.js'));
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1), { timeout: 10_000 });
  const [first] = fake.windows;
  if (!first) throw new Error('no window');
  appWindow = first;
  await appWindow.loaded;
  if (!appWindow.page) throw new Error('no page');
  page = appWindow.page;
});

afterAll(async () => {
  await disposeFake();
  await server?.stop();
  server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('the window is isolated, sandboxed and without Node', () => {
  expect(appWindow.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
  });
});

test('the app has a scheme of its own, standard and secure', () => {
  expect(fake.privileged).toEqual([
    {
      scheme: 'app',
      privileges: expect.objectContaining({ standard: true, secure: true, supportFetchAPI: true, stream: true }),
    },
  ]);
});

test('the page finds the bridge and nothing of Node or Electron', async () => {
  const found = await page.evaluate(() => ({
    bridge: Object.keys((globalThis as unknown as { desktop: object }).desktop).sort(),
    leaks: ['require', 'process', 'module', 'ipcRenderer', 'electron'].filter((name) => name in globalThis),
  }));
  expect(found).toEqual({ bridge: ['invoke', 'onCommand', 'platform'], leaks: [] });
});

test('signing in works through main, which alone holds the token, encrypted', async () => {
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Contacts' }).waitFor();
  const held = await page.evaluate(async () => ({ cookies: document.cookie, local: JSON.stringify(localStorage) }));
  expect(held.cookies).toBe('');
  const session = await page.evaluate(async () => (await fetch('/api/auth/get-session')).text());
  expect(session).toContain(ADMIN.email);
  expect(session).not.toContain('"token"');
  const kept = readFileSync(join(folder, 'session.bin'));
  expect(kept.byteLength).toBeGreaterThan(10);
  expect(readdirSync(folder)).toContain('session.bin');
});

test('the page lives off the server through main: its stream is open', async () => {
  await page.getByText('Synced', { exact: false }).first().waitFor();
});

test('the menu reaches the page', async () => {
  const flat = (items: MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);
  const item = flat(fake.menu).find(({ label }) => label === 'Contacts');
  expect(item?.accelerator).toBe('CmdOrCtrl+Shift+C');
  item?.click?.();
  await page.waitForURL(/\/contacts$/);
});

type Invoke = { desktop: { invoke: (operation: string, input?: unknown) => Promise<unknown> } };
const invoke = (operation: string, input?: unknown) =>
  page.evaluate(
    ([name, value]) => (globalThis as unknown as Invoke).desktop.invoke(name as string, value),
    [operation, input],
  );

test('every payload is checked in main', async () => {
  await expect(invoke('server.set', { url: 'not a url' })).rejects.toThrow(/server\.set/);
  await expect(invoke('server.set', { url: 'http://crm.example.org' })).rejects.toThrow(/https/);
  await expect(invoke('file.save', { name: 'x', bytes: 'text' })).rejects.toThrow(/file\.save/);
  await expect(invoke('shell.run', { command: 'ls' })).rejects.toThrow(/unknown operation/);
  await expect(invoke('toString')).rejects.toThrow(/unknown operation/);
});

test('a frame, or another origin, is refused', async () => {
  const listener = fake.ipc.get('muster:invoke');
  const call = (senderFrame: unknown) => listener?.({ senderFrame }, 'server.get', undefined);
  await expect(call({ url: 'https://evil.example/', parent: null })).rejects.toThrow('not the app');
  await expect(call({ url: 'app://bundle/', parent: {} })).rejects.toThrow('not the app');
  await expect(call(null)).rejects.toThrow('not the app');
});

test('a file is saved where the person says, and nowhere else', async () => {
  expect(
    await page.evaluate(() =>
      (globalThis as unknown as Invoke).desktop.invoke('file.save', {
        name: '../chart.csv',
        bytes: new Uint8Array([65, 66]),
      }),
    ),
  ).toEqual({ saved: false });
  const filePath = join(folder, 'chart.csv');
  fake.saveDialog = { canceled: false, filePath };
  await page.evaluate(() =>
    (globalThis as unknown as Invoke).desktop.invoke('file.save', {
      name: 'chart.csv',
      bytes: new Uint8Array([65, 66]),
    }),
  );
  expect(readFileSync(filePath, 'utf8')).toBe('AB');
});

test('notifications are shown by the system', async () => {
  expect(await invoke('notification.show', { title: 'Sent', body: 'to 3 contacts' })).toEqual({ shown: true });
  expect(fake.notifications).toEqual([{ title: 'Sent', body: 'to 3 contacts' }]);
});

test('links leave through the system browser; other schemes go nowhere', async () => {
  expect(await invoke('external.open', { url: 'https://example.org/a' })).toEqual({ opened: true });
  expect(await invoke('external.open', { url: 'file:///etc/passwd' })).toEqual({ opened: false });
  await page.evaluate(() => window.open('https://example.org/new'));
  await vi.waitFor(() => expect(fake.external).toEqual(['https://example.org/a', 'https://example.org/new']));
  await page.evaluate(() => window.open('javascript:alert(1)'));
  expect(fake.external).toHaveLength(2);
});

test('the window cannot be led to another page', async () => {
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://evil.example/?app://bundle/';
  });
  await vi.waitFor(() => expect(fake.external).toContain('https://evil.example/?app://bundle/'));
  expect(page.url()).toBe(before);
});

test('permissions are denied unless named', () => {
  const answers: boolean[] = [];
  const ask = (permission: string, requestingUrl: string) =>
    fake.permissionRequest?.(null, permission, (ok) => answers.push(ok), { requestingUrl });
  ask('media', 'app://bundle/');
  ask('clipboard-sanitized-write', 'app://bundle/');
  ask('clipboard-sanitized-write', 'https://evil.example/');
  expect(answers).toEqual([false, true, false]);
  expect(fake.permissionCheck?.(null, 'geolocation', 'app://bundle')).toBe(false);
});

test('nothing outside the app is served, and the policy was never broken', async () => {
  const status = await page.evaluate(async () => (await fetch('/..%2f..%2fpackage.json')).status);
  expect(status).toBe(403);
  expect(violations).toEqual([]);
});

test('without the server the window reloads and shows local data', async () => {
  await server.stop();
  await page.reload();
  await page.getByRole('link', { name: 'Contacts' }).waitFor();
  await page
    .getByText(/Offline/)
    .first()
    .waitFor();
});

test('the window remembers its place, and the app ends with its last window', async () => {
  await appWindow.close();
  const settings = JSON.parse(readFileSync(join(folder, 'desktop.json'), 'utf8'));
  expect(settings.window).toMatchObject({ x: 10, y: 20, width: 1280 });
  expect(fake.quits).toBe(1);
  writeFileSync(join(folder, 'desktop.json'), '{');
  app.emit('activate');
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1));
  await fake.windows[0]?.loaded;
});
