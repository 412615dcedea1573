import type { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MAX_OPENED_BYTES } from '#shared/desktop/desktop-contract.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';
import { type DesktopApp, startDesktop } from './desktop-app.ts';
import { app } from './fake-electron.ts';
import { fake } from './fake-state.ts';

/* What a person does with the app: the built main process and preload, Electron played by Chromium, the server real. */

let server: RunningServer;
let desktop: DesktopApp;
const segment = '0198c7a2-1b2c-7d3e-8f40-123456789abc';

beforeAll(async () => {
  server = await startServer();
  desktop = await startDesktop(server.url);
});
afterAll(async () => {
  await desktop?.dispose();
  await server?.stop();
  server?.remove();
});

const click = (label: string) => desktop.menuItem(label)?.click?.();
const pathname = () => new URL(desktop.page.url()).pathname;
const at = (path: string) => vi.waitFor(() => expect(pathname()).toBe(path), 10_000);

test('a link followed before sign-in waits behind the sign-in screen', async () => {
  app.emit('open-url', { preventDefault: () => undefined }, 'muster://contacts');
  await at('/contacts');
  await desktop.page.getByLabel('Email').waitFor();
});

test('signing in works through main, which alone holds the token, encrypted', async () => {
  const { page, folder } = desktop;
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Contacts' }).waitFor();
  const held = await page.evaluate(async () => ({ cookies: document.cookie, local: JSON.stringify(localStorage) }));
  expect(held.cookies).toBe('');
  const session = await page.evaluate(async () => (await fetch('/api/auth/get-session')).text());
  expect(session).toContain(ADMIN.email);
  expect(session).not.toContain('"token"');
  expect(readFileSync(join(folder, 'session.bin')).byteLength).toBeGreaterThan(10);
});

test('the page lives off the server through main: its stream is open', async () => {
  await desktop.page.getByText('Synced', { exact: false }).first().waitFor();
});

test('the menu reaches the page, and back and forward follow its history', async () => {
  click('Home');
  await at('/');
  expect(desktop.menuItem('Contacts')?.accelerator).toBe('CmdOrCtrl+Shift+C');
  click('Contacts');
  await at('/contacts');
  click('Settings…');
  await vi.waitFor(() => expect(pathname()).toMatch(/^\/settings/));
  click('Back');
  await at('/contacts');
  click('Back');
  await at('/');
  click('Forward');
  await at('/contacts');
  click('Find anything');
  await desktop.page.getByRole('dialog').waitFor();
  await desktop.page.keyboard.press('Escape');
  click('Keyboard shortcuts');
  await desktop.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await desktop.page.keyboard.press('Escape');
});

test('a deep link opens its screen in the window that is there, and nothing but a link does anything', async () => {
  const { window } = desktop;
  const windows = fake.windows.length;
  window.minimized = true;
  const before = window.focused;
  app.emit('second-instance', {}, ['/opt/muster', '--flag', `muster://segments/${segment}`]);
  await at(`/segments/${segment}`);
  expect(window).toMatchObject({ minimized: false, focused: before + 1 });
  app.emit('open-url', { preventDefault: () => undefined }, 'muster://contacts/12');
  await at('/contacts/12');
  for (const link of ['muster://trpc/system.setup', 'muster://contacts/../settings', 'https://evil.example/']) {
    app.emit('second-instance', {}, ['/opt/muster', link]);
    app.emit('open-url', { preventDefault: () => undefined }, link);
  }
  // A second start without a link only brings the window up.
  await vi.waitFor(() => expect(window.focused).toBe(before + 5));
  expect(pathname()).toBe('/contacts/12');
  expect(fake.windows).toHaveLength(windows);
});

test('a link that comes while the page is loading is not lost', async () => {
  const { page, window } = desktop;
  window.webContents.loading = true;
  app.emit('open-url', { preventDefault: () => undefined }, 'muster://reports');
  await page.reload();
  await at('/reports');
});

test('a file is saved where the person says, and nowhere else', async () => {
  const save = (name: string) =>
    desktop.page.evaluate(
      (given) =>
        (
          globalThis as unknown as { desktop: { invoke: (operation: string, input: unknown) => Promise<unknown> } }
        ).desktop.invoke('file.save', { name: given, bytes: new Uint8Array([65, 66]) }),
      name,
    );
  expect(await save('../chart.csv')).toEqual({ saved: false });
  const filePath = join(desktop.folder, 'chart.csv');
  fake.saveDialog = { canceled: false, filePath };
  expect(await save('chart.csv')).toEqual({ saved: true });
  expect(readFileSync(filePath, 'utf8')).toBe('AB');
});

test('a file chosen in the menu goes to the import screen, with its name and without its place', async () => {
  const path = join(desktop.folder, 'clients.csv');
  writeFileSync(path, 'email,first name\nann@example.org,Ann\n');
  const open = () => desktop.invoke('file.open', { kind: 'Tables', extensions: ['csv'] });
  expect(await open()).toEqual({ outcome: 'cancelled' });
  fake.openDialog = { canceled: false, filePaths: [path] };
  const opened = JSON.stringify(await open());
  expect(opened).toContain('"clients.csv"');
  expect(opened).not.toContain(desktop.folder);
  await desktop.page.getByRole('link', { name: 'Contacts' }).waitFor();
  click('Import a file…');
  await at('/imports');
  await desktop.page.getByText('clients.csv').first().waitFor();
  await desktop.page.getByText('first name').first().waitFor();
});

test('a file too large for the page is refused by name, without being read', async () => {
  const path = join(desktop.folder, 'huge.csv');
  writeFileSync(path, '');
  truncateSync(path, MAX_OPENED_BYTES + 1);
  fake.openDialog = { canceled: false, filePaths: [path] };
  expect(await desktop.invoke('file.open', { kind: 'Tables', extensions: ['csv'] })).toEqual({
    outcome: 'tooLarge',
    name: 'huge.csv',
    limit: MAX_OPENED_BYTES,
  });
});

test('notifications are shown by the system, and a click brings the window up on their screen', async () => {
  const { window } = desktop;
  expect(await desktop.invoke('notification.show', { title: 'Sent', body: 'to 3 contacts', path: '/reports' })).toEqual(
    {
      shown: true,
    },
  );
  const [shown] = fake.notifications;
  expect(shown).toMatchObject({ title: 'Sent', body: 'to 3 contacts' });
  const before = window.focused;
  shown?.click();
  await at('/reports');
  expect(window.focused).toBe(before + 1);
  await expect(
    desktop.invoke('notification.show', { title: 'x', body: '', path: 'https://evil.example/' }),
  ).rejects.toThrow(/notification\.show/);
});

test('the data worker gets the key of this device through its own origin, and it is nowhere on the disk in the clear', async () => {
  const ask = (method: string) =>
    desktop.page.evaluate(async (by) => {
      const answer = await fetch('/desktop/vault-key', { method: by });
      return { status: answer.status, bytes: [...new Uint8Array(await answer.arrayBuffer())] };
    }, method);
  const first = await ask('POST');
  expect(first.status).toBe(200);
  expect(first.bytes).toHaveLength(32);
  expect(await ask('POST')).toEqual(first);
  const key = Buffer.from(first.bytes);
  for (const file of readdirSync(desktop.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || file.name === 'huge.csv') continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const form of [key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex'))]) {
      expect(bytes.includes(form), file.name).toBe(false);
    }
  }
  expect(server.output()).not.toContain('vault-key');
});

test('a frame of another origin, such as a mail preview, does not get the key', async () => {
  const handler = fake.handlers.get('app');
  const request = new Request('app://bundle/desktop/vault-key', { method: 'POST' });
  Object.defineProperty(request, 'headers', { value: new Headers({ origin: 'null' }) });
  expect((await handler?.(request))?.status).toBe(403);
  expect((await handler?.(new Request('app://other/desktop/vault-key', { method: 'POST' })))?.status).toBe(404);
});

test('a page that crashed is in the log and loaded again, until it keeps crashing', async () => {
  const { window, page } = desktop;
  const crash = () => {
    app.emit('render-process-gone', {}, window.webContents, { reason: 'crashed', exitCode: 11 });
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
  };
  for (let time = 1; time <= 3; time++) {
    const loaded = page.waitForEvent('load');
    crash();
    await loaded;
  }
  await page.getByRole('link', { name: 'Contacts' }).waitFor();
  expect(fake.asked).toEqual([]);
  crash();
  await vi.waitFor(() => expect(fake.asked).toHaveLength(1));
  expect(fake.asked[0]?.message).toContain('stopped several times');
  expect(desktop.log().filter(({ event }) => event === 'page process gone')).toHaveLength(4);
});

test('a page that does not answer is loaded again only when the person says so', async () => {
  const { window, page } = desktop;
  fake.asked.length = 0;
  fake.answers.push(0);
  const loaded = page.waitForEvent('load');
  window.emit('unresponsive');
  await loaded;
  expect(fake.asked[0]?.buttons).toEqual(['Load the page again', 'Wait']);
});

test('the log is one of the app’s own files, can be shown, and holds nobody’s values', async () => {
  click('Show the log');
  expect(fake.shownInFolder).toEqual([join(desktop.folder, 'logs', 'muster.log')]);
  const crash: EventEmitter = process;
  crash.emit('uncaughtExceptionMonitor', new Error(`"${ADMIN.email}" Bearer abcdef`));
  const text = JSON.stringify(desktop.log());
  expect(text).toContain('uncaught exception');
  for (const secret of [ADMIN.email, ADMIN.password, 'abcdef', 'ann@example.org', 'vault']) {
    expect(text, secret).not.toContain(secret);
  }
});

test('without a feed there is no update to ask for, and in a developer’s build no link is taken over', () => {
  expect(desktop.menuItem('Check for updates…')).toBeUndefined();
  expect(fake.protocolClients).toEqual([]);
});

test('without the server the window reloads and shows local data', async () => {
  await server.stop();
  await desktop.page.reload();
  await desktop.page.getByRole('link', { name: 'Contacts' }).waitFor();
  await desktop.page
    .getByText(/Offline/)
    .first()
    .waitFor();
  expect(desktop.violations).toEqual([]);
});

test('the window’s place is kept while it is open, and the app ends with its last window', async () => {
  const { window, folder } = desktop;
  const saved = () => JSON.parse(readFileSync(join(folder, 'desktop.json'), 'utf8')).window;
  window.bounds = { x: 1200, y: 40, width: 1100, height: 700 };
  window.emit('move');
  await vi.waitFor(() => expect(saved()).toEqual({ ...window.bounds, maximized: false }));
  window.maximize();
  await window.close();
  expect(saved()).toEqual({ ...window.bounds, maximized: true });
  await vi.waitFor(() => expect(fake.quits).toBe(1));
});

test('a window comes back where it was, on the displays that are there now', async () => {
  const reopen = async () => {
    app.emit('activate');
    await vi.waitFor(() => expect(fake.windows).toHaveLength(1));
    const [window] = fake.windows;
    await window?.loaded;
    return window;
  };
  const same = await reopen();
  expect(same?.options).toMatchObject({ x: 820, y: 40, width: 1100, height: 700 });
  expect(same?.maximized).toBe(true);
  await same?.close();
  fake.displays = [{ id: 7, workArea: { x: 0, y: 0, width: 1024, height: 640 } }];
  const small = await reopen();
  expect(small?.options).toMatchObject({ width: 1024, height: 640 });
  await small?.close();
  writeFileSync(join(desktop.folder, 'desktop.json'), '{');
});
