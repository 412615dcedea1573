import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { Module } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DesktopApp, startDesktop, userDataFolder } from './desktop-app.ts';
import * as electron from './fake-electron.ts';
import { fake } from './fake-state.ts';

/* The real electron-updater in the built main process, against a feed on this machine. */

/** The updater of an AppImage; the other systems' updaters cannot be run here, and are not told to pass. */
const onLinux = (title: string, run: () => Promise<void>) => {
  if (process.platform === 'linux') test(title, run);
};
const app = Buffer.from('a newer Muster, as far as this test is concerned');
let feed: Server;
let desktop: DesktopApp;
let cache = '';
const asked: string[] = [];
let offered = { version: '9.9.9', bytes: app, sha512: '' };

const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest('base64');
const description = () => `version: ${offered.version}
files:
  - url: Muster-${offered.version}.AppImage
    sha512: ${offered.sha512 || sha512(offered.bytes)}
    size: ${offered.bytes.byteLength}
path: Muster-${offered.version}.AppImage
sha512: ${offered.sha512 || sha512(offered.bytes)}
releaseDate: '2026-11-23T12:00:00.000Z'
`;

beforeAll(async () => {
  feed = createServer((request, response) => {
    asked.push((request.url ?? '').split('?')[0] ?? '');
    if (request.url?.startsWith('/muster/latest-linux')) response.end(description());
    else if (request.url?.endsWith('.AppImage')) response.end(offered.bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));

  // electron-updater is a CommonJS package that requires `electron` by itself; no alias of the tests reaches it there.
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = loader._load;
  loader._load = (request, ...rest) => (request === 'electron' ? electron : load(request, ...rest));

  // As an AppImage finds itself: its own path in the environment, its settings among the resources.
  const folder = userDataFolder();
  cache = join(folder, 'cache');
  const resources = join(folder, 'resources');
  mkdirSync(resources);
  writeFileSync(join(folder, 'Muster-0.1.0.AppImage'), 'the old one');
  const built = `http://127.0.0.1:${(feed.address() as AddressInfo).port}/muster`;
  writeFileSync(
    join(resources, 'app-update.yml'),
    `provider: generic\nurl: ${built}\nupdaterCacheDirName: muster-updater\n`,
  );
  Object.defineProperty(process, 'resourcesPath', { value: resources, configurable: true });
  process.env.APPIMAGE = join(folder, 'Muster-0.1.0.AppImage');
  process.env.XDG_CACHE_HOME = cache;
  // A packaged app looks only where it was built to look.
  process.env.MUSTER_UPDATE_FEED = 'http://127.0.0.1:1/elsewhere';
  fake.packaged = true;
  desktop = await startDesktop('http://127.0.0.1:1', folder);
});
afterAll(async () => {
  for (const name of ['APPIMAGE', 'XDG_CACHE_HOME', 'MUSTER_UPDATE_FEED']) delete process.env[name];
  await desktop?.dispose();
  feed?.close();
});

const ask = async (...answers: number[]) => {
  fake.asked.length = 0;
  fake.answers.push(...answers);
  desktop.menuItem('Check for updates…')?.click?.();
};
const messages = () => fake.asked.map(({ message }) => message);
const downloaded = () =>
  existsSync(cache) ? readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.AppImage')) : [];

onLinux('at the start the feed is read and a newer version announced; a no downloads nothing', async () => {
  await vi.waitFor(() => expect(messages()).toEqual(['Muster 9.9.9 is available']), 20_000);
  expect(asked).toEqual(['/muster/latest-linux.yml']);
  expect(downloaded()).toEqual([]);
});

onLinux('an older version, or the same, is no news', async () => {
  for (const version of ['0.0.9', '0.1.0']) {
    offered = { ...offered, version };
    await ask();
    await vi.waitFor(() => expect(messages()).toEqual(['Muster 0.1.0 is the newest version']), 20_000);
  }
});

onLinux('a file that is not the described one is refused, and only the asker hears of it', async () => {
  offered = { version: '9.9.9', bytes: app, sha512: sha512(Buffer.from('another file')) };
  await ask(0);
  await vi.waitFor(
    () => expect(messages()).toEqual(['Muster 9.9.9 is available', 'The newest version could not be asked for']),
    20_000,
  );
  expect(downloaded()).toEqual([]);
  expect(desktop.log()).toContainEqual(
    expect.objectContaining({ level: 'warn', event: 'update failed', message: expect.stringContaining('sha512') }),
  );
});

onLinux('the right file is downloaded after a yes, checked, and not installed without another', async () => {
  offered = { version: '9.9.9', bytes: app, sha512: '' };
  await ask(0, 1);
  await vi.waitFor(
    () => expect(messages()).toEqual(['Muster 9.9.9 is available', 'Muster 9.9.9 is ready to install']),
    20_000,
  );
  expect(downloaded()).toHaveLength(1);
  expect(readFileSync(join(cache, String(downloaded()[0])))).toEqual(app);
  expect(readFileSync(join(desktop.folder, 'Muster-0.1.0.AppImage'), 'utf8')).toBe('the old one');
  const quits = fake.quits;
  expect(quits).toBe(0);
});

onLinux('a feed that is away is in the log, and nobody is bothered', async () => {
  feed.closeAllConnections();
  await new Promise((done) => feed.close(done));
  const before = desktop.log().length;
  await ask();
  await vi.waitFor(() => expect(messages()).toEqual(['The newest version could not be asked for']), 20_000);
  expect(desktop.log().length).toBeGreaterThan(before);
});

test('the packaged app takes muster: links, and has no developer’s menu', () => {
  expect(fake.protocolClients).toEqual(['muster']);
  expect(desktop.menuItem('Show the log')).toBeDefined();
  const roles = JSON.stringify(fake.menu);
  expect(roles).not.toMatch(/"role":"(reload|forceReload|toggleDevTools)"/);
});
