import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { readRecord, writeRecord } from './postgres-folder.ts';
import { gone, isAlive } from './postgres-process.ts';

let folder: string;
let dataDir: string;
let lines: string[];
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-pg-'));
  await chmod(folder, 0o711);
  dataDir = join(folder, 'data');
  lines = [];
});
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    elsewhere: join(folder, 'elsewhere'),
    say: (line) => lines.push(line),
    settings: { fsync: 'off', ...settings },
  });
  running.push(postgres);
  return postgres;
}

async function stop(postgres: EmbeddedPostgres): Promise<void> {
  running.splice(running.indexOf(postgres), 1);
  await postgres.stop();
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a PostgreSQL from a Node process of its own, which is then killed without a chance to clean up. */
async function leaveRunning(): Promise<number> {
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))};
    const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: 'off' } });
    console.log(pid);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((done) => child.stdout.once('data', (data) => done(Number(String(data)))));
  const dead = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await dead;
  return pid;
}

test('a first start makes a database that listens on loopback only, behind a password kept for the owner', async () => {
  const postgres = await start();
  expect(lines).toEqual(['Creating the database…']);
  expect(await ask(postgres.url, 'select current_database() as name')).toEqual([{ name: 'muster' }]);
  expect(await ask(postgres.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await ask(postgres.url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  const wrong = new URL(postgres.url);
  wrong.password = 'guess';
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
});

test('a later start finds the same data on the same port; stop leaves no process', async () => {
  const first = await start();
  await ask(first.url, "create table kept as select 'yes' as answer");
  await stop(first);
  expect(isAlive(first.pid)).toBe(false);
  const second = await start();
  expect(await ask(second.url, 'select * from kept')).toEqual([{ answer: 'yes' }]);
  expect(second.url).toBe(first.url);
});

test('after a kill -9 of Node alone the PostgreSQL left running is stopped and started anew', async () => {
  const orphan = await leaveRunning();
  expect(isAlive(orphan)).toBe(true);
  const postgres = await start();
  expect(isAlive(orphan)).toBe(false);
  expect(postgres.pid).not.toBe(orphan);
  expect(lines).toEqual([`Stopping a PostgreSQL (process ${orphan}) that an earlier Muster left running.`]);
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('after a kill -9 of everything the stale pid file does not matter and committed rows are there', async () => {
  const orphan = await leaveRunning();
  const record = await readRecord(dataDir);
  const url = `postgresql://muster:${record?.password}@127.0.0.1:${record?.port}/muster`;
  await ask(url, 'create table kept as select 7 as n');
  process.kill(orphan, 'SIGKILL');
  expect(await gone(orphan, 5_000)).toBe(true);
  const postgres = await start();
  expect(await ask(postgres.url, 'select n from kept')).toEqual([{ n: 7 }]);
});

test('a stale pid file that names an unrelated living process is only a leftover', async () => {
  const first = await start();
  const file = join(first.cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  await stop(first);
  await writeFile(file, text.replace(/^\d+/, String(process.pid)));
  const second = await start();
  expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(isAlive(process.pid)).toBe(true);
});

test('when its port was taken in the meantime it moves to a free one', async () => {
  const first = await start();
  await stop(first);
  const port = Number(new URL(first.url).port);
  const squatter = createServer().listen(port, '127.0.0.1');
  await new Promise((done) => squatter.once('listening', done));
  const second = await start();
  squatter.close();
  expect(new URL(second.url).port).not.toBe(String(port));
  expect((await readRecord(dataDir))?.port).toBe(Number(new URL(second.url).port));
  expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a folder the system user cannot enter: as root the files go elsewhere and the operator is told; otherwise they stay', async () => {
  await chmod(folder, 0o700);
  const elsewhere = await mkdtemp(join(tmpdir(), 'muster-pg-elsewhere-'));
  await chmod(elsewhere, 0o711);
  const options = { dataDir, elsewhere, say: (line: string) => lines.push(line), settings: { fsync: 'off' } };
  let postgres = await startEmbeddedPostgres(options);
  try {
    const asRoot = process.getuid?.() === 0;
    expect(postgres.cluster.startsWith(asRoot ? elsewhere : dataDir)).toBe(true);
    expect(lines.some((line) => line.includes(`live in ${elsewhere}`))).toBe(asRoot);
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    // The data folder thrown away: a new database begins, and what lay elsewhere is kept aside.
    await rm(dataDir, { recursive: true });
    postgres = await startEmbeddedPostgres(options);
    expect(lines.some((line) => line.includes('it is kept in'))).toBe(asRoot);
  } finally {
    await postgres.stop();
    await rm(elsewhere, { recursive: true, force: true });
  }
});

test('a database that ends by itself is reported with its last words', async () => {
  const postgres = await start();
  process.kill(postgres.pid, 'SIGKILL');
  expect(await postgres.lost).toMatch(/^PostgreSQL ended by itself: /);
  running.splice(0);
});

test('setting it cannot take: the message carries what PostgreSQL said', async () => {
  await expect(start({ shared_buffers: 'a lot' })).rejects.toThrow(/PostgreSQL did not start: .*shared_buffers/);
});

test('damaged or missing companions of the database are named', async () => {
  const first = await start();
  await stop(first);
  const record = await readRecord(dataDir);
  if (!record) throw new Error('no record');

  await writeRecord(dataDir, { ...record, password: 'changed' });
  await expect(start()).rejects.toThrow(/The password in .*postgres\.json does not open the database/);
  await writeFile(join(dataDir, 'postgres.json'), '{');
  await expect(start()).rejects.toThrow(/postgres\.json is damaged/);
  await rm(join(dataDir, 'postgres.json'));
  await expect(start()).rejects.toThrow(/its password file .*postgres\.json is missing/);
  await writeRecord(dataDir, record);
  await writeFile(join(record.cluster, 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toThrow('was made by PostgreSQL 17; this Muster brings PostgreSQL 18');
});

test('a data folder can be moved as a whole; database files that vanished are named, never replaced by empty ones', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 7 as n');
  await stop(first);
  const moved = join(folder, 'moved');
  await rename(dataDir, moved);
  dataDir = moved;
  const second = await start();
  expect(second.cluster.startsWith(moved)).toBe(true);
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await stop(second);
  await rename(second.cluster, join(folder, 'taken-away'));
  await expect(start()).rejects.toThrow(`The database files in ${second.cluster} are gone.`);
});

test('a crash while the database was being made leaves nothing in the way', async () => {
  const half = join(dataDir, 'postgres.new');
  await mkdir(half, { recursive: true, mode: 0o711 });
  await chmod(dataDir, 0o711);
  await writeFile(join(half, 'PG_VERSION'), '18\n');
  const postgres = await start();
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});
