import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startApp } from '#server/app.ts';
import { readConfig } from '#server/config/config.ts';
import { createLogger } from '#server/logger.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { listen } from './listener.ts';

let appFolder: string;
const apps: TestApp[] = [];
beforeAll(async () => {
  appFolder = await mkdtemp(join(tmpdir(), 'muster-out-'));
  await mkdir(join(appFolder, 'assets'));
  await writeFile(join(appFolder, 'index.html'), '<!doctype html><title>Muster</title>');
  await writeFile(join(appFolder, 'assets', 'index-abc.js'), 'export {};');
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});
afterAll(() => rm(appFolder, { recursive: true, force: true }));

async function start(options?: Parameters<typeof startTestApp>[0]): Promise<TestApp> {
  const app = await startTestApp({ appFolder, ...options });
  apps.push(app);
  return app;
}

test('/health is 503 while starting and 200 with the version when ready', async () => {
  const listener = await listen('127.0.0.1', 0);
  const early = await fetch(`http://127.0.0.1:${listener.port}/health`);
  expect([early.status, await early.json()]).toEqual([503, { status: 'starting' }]);
  await listener.close();
  const app = await start();
  const answer = await fetch(`${app.url}/health`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', version: app.deps.config.version }]);
});

test('a trailing slash makes no difference, as some shop clients add one', async () => {
  const app = await start();
  for (const path of ['/health', '/health/']) expect((await fetch(`${app.url}${path}`)).status).toBe(200);
  for (const path of ['/api/v1/account/info', '/api/v1/account/info/']) {
    expect((await fetch(`${app.url}${path}`)).status).toBe(401);
  }
});

test('/health is 503 when the database is gone', async () => {
  const app = await start();
  const query = vi.spyOn(app.deps.db, 'query').mockRejectedValue(new Error('gone'));
  const answer = await fetch(`${app.url}/health`);
  query.mockRestore();
  expect(answer.status).toBe(503);
});

test('the built app: page addresses are the app, files are kept by their hash, programs answer 404', async () => {
  const app = await start();
  const page = await fetch(`${app.url}/contacts/12`, { headers: { accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>Muster</title>']);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe-eval');
  const script = await fetch(`${app.url}/assets/index-abc.js`);
  expect(script.headers.get('cache-control')).toContain('immutable');
  // A browser keeps what it is not told to forget: also of somebody who is erased.
  const answered = await fetch(`${app.url}/trpc/system.info`);
  expect([answered.status, answered.headers.get('cache-control')]).toEqual([200, 'no-store']);
  for (const path of ['/api/v9/nothing', '/assets/missing.js', '/chunks']) {
    const missing = await fetch(`${app.url}${path}`, {
      headers: { accept: path.startsWith('/api') ? 'text/html' : '*/*' },
    });
    expect(missing.status).toBe(404);
  }
  const outside = await fetch(`${app.url}/..%2f..%2fetc%2fpasswd`);
  expect(outside.status).toBe(404);
});

test('without a build the page says what to do', async () => {
  const app = await start({ appFolder: join(appFolder, 'nothing') });
  const page = await fetch(app.url);
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('npm run build')]);
});

test('a worker process answers /health and nothing else', async () => {
  const app = await start({ env: { MUSTER_ROLE: 'worker' } });
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
  expect((await fetch(`${app.url}/trpc/system.info`)).status).toBe(404);
});

test('a change vouched for by the cookie must come from a page of this server', async () => {
  const app = await start();
  const session = await app.signIn();
  const create = (headers: Record<string, string>) =>
    fetch(`${app.url}/trpc/apiKey.create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ scope: 'full', name: '' }),
    });
  expect((await create(session)).status).toBe(200);
  expect((await create({ ...session, origin: 'https://evil.example' })).status).toBe(403);
  expect((await create({ cookie: session.cookie ?? '' })).status).toBe(403);
  expect((await create({})).status).toBe(401);
});

test('the log holds the route and the status, never an address or a body', async () => {
  const app = await start();
  await fetch(`${app.url}/trpc/system.info?input=secret@example.com`);
  await fetch(`${app.url}/trpc/system.setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'secret@example.com', password: 'x' }),
  });
  await vi.waitFor(() => expect(app.logged.filter(({ msg }) => msg === 'request').length).toBeGreaterThanOrEqual(2));
  expect(app.logged).toContainEqual(expect.objectContaining({ method: 'POST', route: '/trpc/:path', status: 400 }));
  expect(JSON.stringify(app.logged)).not.toContain('secret');
});

test('stopping ends open event streams at once, so that their clients come back by themselves', async () => {
  const app = await startTestApp();
  const session = await app.signIn();
  const stream = await fetch(`${app.url}/trpc/sync.stream`, { headers: { ...session, accept: 'text/event-stream' } });
  expect(stream.status).toBe(200);
  const reader = stream.body?.getReader();
  await reader?.read();
  const ended = (async () => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read());
  })().catch(() => 'cut');
  const before = performance.now();
  await app.stop();
  expect(await ended).toBe('cut');
  expect(performance.now() - before).toBeLessThan(5_000);
});

test('a taken port, an impossible host: the start stops with the variable and the reason', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => squatter.once('listening', done));
  const address = squatter.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const startWith = (env: Record<string, string>) =>
    startApp(readConfig(env), { log: createLogger({ level: 'warn', fd: 2 }), say: () => undefined });
  await expect(startWith({ MUSTER_PORT: port })).rejects.toThrow(`MUSTER_PORT: port ${port} on 127.0.0.1 is taken`);
  squatter.close();
  await expect(startWith({ MUSTER_PORT: '0', MUSTER_HOST: '192.0.2.1' })).rejects.toThrow(
    'MUSTER_HOST: 192.0.2.1 is not an address of this machine',
  );
  const nowhere = { MUSTER_PORT: '0', MUSTER_DATABASE_URL: 'postgresql://user:topsecret@127.0.0.1:1/muster' };
  await expect(startWith(nowhere)).rejects.toThrow(
    'MUSTER_DATABASE_URL: the database /muster at 127.0.0.1:1 cannot be opened: ',
  );
  await expect(startWith(nowhere)).rejects.toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('topsecret') }),
  );
});
