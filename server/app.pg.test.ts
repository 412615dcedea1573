import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { readConfig } from '#server/config/config.ts';
import { lockHolder } from '#server/storage/data-lock.ts';
import { openDatabase } from '#server/storage/database.ts';
import { startEmbeddedPostgres } from '#server/storage/embedded-postgres.ts';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase } from '#tests/support/postgres.ts';
import { startApp } from './app.ts';

test('an api process takes events, a worker process works them: they share nothing but the database', async () => {
  const database = await createTestDatabase();
  const env = { MUSTER_DATABASE_URL: database.url };
  const api = await startTestApp({ env: { ...env, MUSTER_ROLE: 'api' } });
  const { key } = await api.ports.apiKeys.create(caller, { scope: 'full', name: '' });
  const answer = await fetch(`${api.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}` },
    body: JSON.stringify({ batch: [{ type: 'track', event: 'Visited', userId: 'u-1', messageId: 'm-1' }] }),
  });
  expect(answer.status).toBe(200);
  expect(await database.db.query('select count(*) as n from intake')).toEqual([{ n: 1 }]);

  const worker = await startTestApp({ env: { ...env, MUSTER_ROLE: 'worker' } });
  await vi.waitFor(async () => expect(await database.db.query('select count(*) as n from event')).toEqual([{ n: 1 }]), {
    timeout: 10_000,
  });
  await worker.stop();
  await api.stop();
  await database.drop();
});

test('a session of one api process is known to the other', async () => {
  const database = await createTestDatabase();
  const env = { MUSTER_DATABASE_URL: database.url, MUSTER_ROLE: 'api' };
  const [one, two] = [await startTestApp({ env }), await startTestApp({ env })];
  const { cookie = '' } = await one.signIn();
  expect((await fetch(`${two.url}/trpc/system.me`, { headers: { cookie } })).status).toBe(200);
  await one.stop();
  await two.stop();
  await database.drop();
});

test('a start that fails half way stops what it had started', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-app-'));
  await chmod(dataDir, 0o711);
  const start = () =>
    startApp(readConfig({ MUSTER_PORT: '0', MUSTER_DATA_DIR: dataDir }), {
      log: pino({ level: 'silent' }),
      say: () => undefined,
    });
  const app = await start();
  await app.deps.db.query("insert into schema_migration (number, name) values (99, 'from the future')");
  await app.stop();

  await expect(start()).rejects.toThrow('The database is newer than this Muster');
  expect(await lockHolder(dataDir)).toBeNull();
  // PostgreSQL is stopped too: it can be started again, and nothing was touched.
  const postgres = await startEmbeddedPostgres({ dataDir });
  const db = openDatabase(postgres.url, { max: 1, onError: () => undefined });
  expect(await db.query('select max(number) as newest from schema_migration')).toEqual([{ newest: 99 }]);
  await db.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('a server whose embedded PostgreSQL dies says so, so that it can be ended and started again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-app-'));
  await chmod(dataDir, 0o711);
  const app = await startApp(readConfig({ MUSTER_PORT: '0', MUSTER_DATA_DIR: dataDir }), {
    log: pino({ level: 'silent' }),
    say: () => undefined,
  });
  const [row] = await app.deps.db.query<{ pid: number }>(
    "select (string_to_array(pg_read_file('postmaster.pid'), e'\\n'))[1]::int as pid",
  );
  process.kill(row?.pid ?? 0, 'SIGKILL');
  expect(await app.failed).toMatch(/^PostgreSQL ended by itself/);
  // A connection that is open lives on until its own process sees that the first one is gone.
  await expect.poll(async () => (await fetch(`${app.url}/health`)).status, { timeout: 10_000 }).toBe(503);
  await app.stop();
  expect(await lockHolder(dataDir)).toBeNull();
  await rm(dataDir, { recursive: true, force: true });
});
