/** `muster backup` and `muster restore` as processes: files, exit codes, words, and both kinds of database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, readMigrations } from '#server/storage/migrate.ts';
import { readEveryTable } from '#tests/support/every-table.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';

const program = join(import.meta.dirname, '..', 'muster.ts');

let folder: string;
let dataDir: string;
let server: RunningServer | null = null;
const databases: TestDatabase[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-backup-cli-'));
  await chmod(folder, 0o711);
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  await server?.stop();
  server = null;
  for (const database of databases.splice(0)) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function database(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const made = await createTestDatabase(options);
  databases.push(made);
  return made;
}

type Run = { code: number | null; out: Buffer; err: string };

function start(args: string[], env: Record<string, string>): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder, MUSTER_DATA_DIR: dataDir, ...env },
  });
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (bytes) => out.push(bytes));
  child.stderr.on('data', (bytes) => {
    err += String(bytes);
  });
  const ended = new Promise<Run>((done) => {
    child.once('close', (code) => done({ code, out: Buffer.concat(out), err }));
  });
  return { child, ended };
}

const muster = (args: string[], env: Record<string, string> = {}): Promise<Run> => start(args, env).ended;

const on = ({ url }: TestDatabase): Record<string, string> => ({ MUSTER_DATABASE_URL: url });

test('from a running server with its own database into an external one, and back into a new data folder', async () => {
  server = await startServer({ dataDir });
  await muster(['api-key', 'create', '--scope', 'full', '--name', 'shop']);
  const made = await muster(['backup', 'shop.backup', '--json']);
  expect(made.err).toBe('');
  const summary = JSON.parse(made.out.toString());
  expect(summary).toMatchObject({ file: join(folder, 'shop.backup'), tables: { user: 1, api_key: 1 } });
  expect(summary.bytes).toBe((await stat(join(folder, 'shop.backup'))).size);
  expect((await stat(join(folder, 'shop.backup'))).mode & 0o077).toBe(0);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);

  const busy = await muster(['restore', 'shop.backup']);
  expect(busy).toMatchObject({ code: 1, err: expect.stringMatching(/is in use by a running Muster server/) });

  const copy = await database({ empty: true });
  const restored = await muster(['restore', 'shop.backup'], on(copy));
  expect(restored).toMatchObject({ code: 0, err: '' });
  expect(restored.out.toString()).toMatch(
    /^Restored \d+ rows from the backup of 20.*\nEverybody signs in once more\..*\nMembers removed after the backup are back,.*\nSending is stopped\. No campaign waits to be sent\.\n$/,
  );
  expect(await copy.db.query('select email from "user"')).toEqual([{ email: ADMIN.email }]);

  await muster(['backup', 'again.backup'], on(copy));
  await server.stop();
  dataDir = join(folder, 'second');
  expect(await muster(['restore', 'again.backup'])).toMatchObject({ code: 0 });
  // Its own, with the account of the backup: the start does not make another one.
  server = await startServer({ dataDir });
  const answer = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(ADMIN),
  });
  expect(answer.status).toBe(200);
  const third = await muster(['backup', '-', '--json']);
  expect(third).toMatchObject({ code: 0, err: expect.stringMatching(/^Backed up [\d,]+ rows of \d+ tables\.\n$/) });
  await writeFile(join(folder, 'third.backup'), third.out);
  const last = await database({ empty: true });
  expect(await muster(['restore', 'third.backup'], on(last))).toMatchObject({ code: 0 });
  expect((await readEveryTable(last.db)).api_key).toEqual((await readEveryTable(copy.db)).api_key);
});

test('a file is never replaced unasked, nor half-written', async () => {
  const source = await database();
  expect(await muster(['backup', 'a.backup'], on(source))).toMatchObject({ code: 0 });
  const before = await readFile(join(folder, 'a.backup'));
  expect(await muster(['backup', 'a.backup'], on(source))).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^muster: file: .*a\.backup exists\. Choose another name, or add --force to replace it\.\n$/,
    ),
  });
  expect(await readFile(join(folder, 'a.backup'))).toEqual(before);
  expect(await muster(['backup', '--force', 'a.backup'], on(source))).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'a.backup'))).not.toEqual(before);
  expect(await muster(['backup', 'no/such/folder.backup'], on(source))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/folder\.backup cannot be written: ENOENT/),
  });
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a backup before an update leaves the schema as it is; an empty database has nothing to back up', async () => {
  const source = await database({ empty: true });
  const [first] = await readMigrations();
  if (!first) throw new Error('no migration');
  await migrate(source.db.pool, { timeZone: 'UTC', migrations: [first] });
  const { code, out } = await muster(['backup', 'old.backup', '--json'], on(source));
  expect({ code, schema: JSON.parse(out.toString()).schema }).toEqual({ code: 0, schema: 1 });
  expect(await source.db.query('select number from schema_migration')).toEqual([{ number: 1 }]);
  const none = await muster(['backup', 'none.backup'], on(await database({ empty: true })));
  expect(none).toMatchObject({
    code: 1,
    err: 'muster: There is nothing to back up: no Muster has used this database.\n',
  });
  expect(await readdir(folder)).toEqual(['old.backup']);
});

test('what cannot be restored is refused in one line, before any database is made', async () => {
  const source = await database();
  await muster(['backup', 'good.backup'], on(source));
  const good = await readFile(join(folder, 'good.backup'));
  await writeFile(join(folder, 'cut.backup'), good.subarray(0, good.length - 10));
  await writeFile(join(folder, 'other.backup'), 'hello');
  const refusals = {
    'cut.backup': /^muster: file: The backup is not complete: the file was cut off\. Nothing was restored\.\n$/,
    'other.backup': /^muster: file: The backup cannot be read: this is not a file that `muster backup` wrote\.\n$/,
    'none.backup': /^muster: file: There is no file .*none\.backup\.\n$/,
  };
  for (const [file, message] of Object.entries(refusals)) {
    const { code, out, err } = await muster(['restore', file]);
    expect({ code, out: out.toString() }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
  }
  expect(await readdir(folder)).not.toContain('data');
  await source.db.query("insert into suppression (channel, address, reason) values ('email', 'a@b.c', 'x')");
  expect(await muster(['restore', 'good.backup'], on(source))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^muster: The database \w+ is not empty: its table suppression holds data\./),
  });
});

test.each(['SIGKILL', 'SIGINT'] as const)('%s in the middle of a restore leaves the database empty', async (signal) => {
  const source = await database();
  await source.db.query(
    `insert into event (contact_id, row_id, at, type_id, source, params)
     select n, n, now(), 1, 'test', jsonb_build_object('n', md5(n::text)) from generate_series(1, 300000) n`,
  );
  await muster(['backup', 'large.backup'], on(source));
  const copy = await database({ empty: true });
  const { child, ended } = start(['restore', 'large.backup'], on(copy));
  const loading = 'select from pg_stat_activity where datname = current_database() and query like \'copy "event"%\'';
  while ((await copy.db.query(loading)).length === 0) {
    expect(child.exitCode, 'it is still restoring').toBeNull();
    await new Promise((done) => setTimeout(done, 5));
  }
  child.kill(signal);
  const { code, out } = await ended;
  expect(code).not.toBe(0);
  expect(out.toString()).toBe('');
  await expect
    .poll(() => copy.db.query("select relname from pg_class where relnamespace = 'public'::regnamespace"), {
      timeout: 10_000,
    })
    .toEqual([]);
  expect(await muster(['restore', 'large.backup'], on(copy))).toMatchObject({ code: 0 });
  expect(await copy.db.query('select count(*) as n from event')).toEqual([{ n: 300_000 }]);
});
