import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockHolder } from '#server/storage/data-lock.ts';
import { readRecord } from '#server/storage/postgres-folder.ts';
import { isAlive } from '#server/storage/postgres-process.ts';
import { createTestDatabase } from '#tests/support/postgres.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';

let dataDir: string;
let servers: RunningServer[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  await chmod(dataDir, 0o711);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

type Result = { code: number | null; out: string; err: string };

function muster(args: string[], env: Record<string, string> = {}): Promise<Result> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'muster.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MUSTER_DATA_DIR: dataDir, ...env },
    });
    const result: Result = { code: null, out: '', err: '' };
    child.stdout.on('data', (data) => {
      result.out += String(data);
    });
    child.stderr.on('data', (data) => {
      result.err += String(data);
    });
    child.once('close', (code) => done({ ...result, code }));
  });
}

/** Whether somebody listens where this data folder's PostgreSQL last did. */
async function databaseAnswers(): Promise<boolean> {
  const port = (await readRecord(dataDir))?.port ?? 0;
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

const createKey = ['api-key', 'create', '--scope', 'events', '--name', 'shop'];

test('without a server a command starts the database, answers on standard output alone, and leaves nothing running', async () => {
  const json = await muster([...createKey, '--json']);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.out)).toEqual({ id: expect.any(String), key: expect.stringMatching(/^mk_/) });
  expect(json.err).toContain('Creating the database');
  expect(await databaseAnswers()).toBe(false);
  expect(await lockHolder(dataDir)).toBeNull();
  const plain = await muster(createKey);
  expect(plain).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^id: .*\nkey: mk_.*\n$/) });
});

test('members from the command line: added with a first password, given a role, removed; wrong words name their field', async () => {
  const server = await startServer({ dataDir });
  servers.push(server);
  const signIn = async (password: string) =>
    (
      await fetch(`${server.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'olena@example.org', password }),
      })
    ).status;
  const add = ['member', 'add', 'Olena@example.org', '--name', 'Olena', '--role', 'marketer', '--json'];
  const { out } = await muster(add);
  const { password, ...added } = JSON.parse(out);
  expect(added).toEqual({ email: 'olena@example.org', role: 'marketer' });
  expect(await signIn(password)).toBe(200);
  expect(await muster(add)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('email: This address') });
  expect((await muster(['member', 'role', 'olena@example.org', 'auditor'])).code).toBe(0);
  expect(await muster(['member', 'role', ADMIN.email, 'auditor'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('role: This is the last administrator'),
  });
  expect((await muster(['member', 'list'])).out).toContain('olena@example.org  Olena  auditor\n');
  expect((await muster(['member', 'remove', 'olena@example.org'])).code).toBe(0);
  expect(await signIn(password)).toBe(401);
  expect((await muster(['member', 'list'])).out).toContain('auditor, removed');
}, 120_000);

test('while a server runs a command uses its database and leaves it running; a second server is refused by name', async () => {
  const server = await startServer({ dataDir });
  servers.push(server);
  const { code, out } = await muster([...createKey, '--json']);
  expect(code).toBe(0);
  const { key } = JSON.parse(out);
  expect(key).toMatch(/^mk_/);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const second = await muster(['serve'], { MUSTER_PORT: '0' });
  expect(second).toMatchObject({
    code: 1,
    out: '',
    err: `Muster cannot start: The data folder ${dataDir} is in use by a running Muster server (process ${server.child.pid}). Stop it, or set MUSTER_DATA_DIR to another folder.\n`,
  });
});

test('two commands at the same time both succeed', async () => {
  await muster(createKey);
  const results = await Promise.all([1, 2, 3].map(() => muster([...createKey, '--json'])));
  expect(results.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0]);
  expect(await databaseAnswers()).toBe(false);
});

test('after a kill -9 of the server a command works at once, and so does the next server', async () => {
  const server = await startServer({ dataDir });
  const dead = new Promise((done) => server.child.once('exit', done));
  server.child.kill('SIGKILL');
  await dead;
  expect(await databaseAnswers()).toBe(true);
  expect(await muster(createKey)).toMatchObject({ code: 0 });
  expect(await databaseAnswers()).toBe(false);
  servers.push(await startServer({ dataDir }));
});

test('with MUSTER_DATABASE_URL commands use that database and make no data folder', async () => {
  const database = await createTestDatabase({ empty: true });
  const elsewhere = join(dataDir, 'never-made');
  const { code } = await muster(createKey, { MUSTER_DATABASE_URL: database.url, MUSTER_DATA_DIR: elsewhere });
  expect(code).toBe(0);
  expect(await database.db.query('select scope, name from api_key')).toEqual([{ scope: 'events', name: 'shop' }]);
  await expect(readRecord(elsewhere)).resolves.toBeNull();
  await database.drop();
});

test.each([
  [
    'a wrong option',
    ['api-key', 'create', '--scope', 'everything'],
    {},
    /'everything' is invalid. Allowed choices are full, events, contacts, contacts-add, messages/,
  ],
  ['a wrong command', ['teapot'], {}, /unknown command 'teapot'/],
  ['a wrong variable', createKey, { MUSTER_PORT: 'x' }, /^muster: MUSTER_PORT must be a port number/],
  [
    'no database',
    createKey,
    { MUSTER_DATABASE_URL: 'postgresql://127.0.0.1:1/x' },
    /^muster: MUSTER_DATABASE_URL: the database \/x at 127\.0\.0\.1:1 cannot be opened/,
  ],
])(
  '%s: nothing on standard output, one clear line on standard error, exit status not 0',
  async (_what, args, env, message) => {
    const { code, out, err } = await muster(args, env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  },
);

test('Ctrl-C drains the server and leaves no PostgreSQL', async () => {
  const server = await startServer({ dataDir });
  servers.push(server);
  const pid = server.child.pid ?? 0;
  server.child.kill('SIGINT');
  await server.stop();
  expect(isAlive(pid)).toBe(false);
  expect(server.output()).toMatch(/Stopping…\nStopped\.\n$/);
  expect(await databaseAnswers()).toBe(false);
});
