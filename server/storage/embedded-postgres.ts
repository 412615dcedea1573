/**
 * Owns an embedded PostgreSQL from first start to shutdown: one database cluster per data folder, on 127.0.0.1 only, no
 * Unix socket, password kept beside it. The caller holds the data-folder lock, so a PostgreSQL that is still running here
 * was left by a Muster that was killed: it is stopped and started anew, which rolls back what the dead process left open.
 */ import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { codeOf, StartError } from '#server/start-error.ts';
import { postgresPackage, runnableBinaries } from './postgres-binaries.ts';
import {
  chooseCluster,
  exists,
  makeDataFolder,
  makePrivate,
  newRecord,
  type PostgresRecord,
  readRecord,
  urlOf,
  writeRecord,
} from './postgres-folder.ts';
import { lastWords, launchPatiently, type Setup } from './postgres-launch.ts';
import { commandLine, isAlive, stopPostgres } from './postgres-process.ts';
import { postgresUser } from './postgres-user.ts';

const MAJOR = '18';

export type EmbeddedPostgres = {
  /** Of the database `muster`. */
  url: string;
  pid: number;
  /** Where the database files are. */
  cluster: string;
  /** Settles when PostgreSQL ends without having been asked to. */
  lost: Promise<string>;
  /** Fast shutdown. */
  stop: () => Promise<void>;
};

export type EmbeddedOptions = {
  dataDir: string;
  /** One line for the operator. */
  say?: (line: string) => void;
  /** Further server settings. */
  settings?: Record<string, string>;
  /** Home of what cannot lie in the data folder. */
  elsewhere?: string;
};

/** Runs one of PostgreSQL's programs to its end; answers what it said. */
function runProgram(setup: Setup, program: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(join(setup.bin, program), args, {
      ...(setup.user ?? {}),
      cwd: dirname(setup.record.cluster),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    child.stderr.on('data', (data) => (output += String(data)));
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}

/** Makes the cluster beside its place and moves it there, so that a crash in between leaves none. */
async function create(setup: Setup): Promise<void> {
  const { cluster, password } = setup.record;
  const half = `${cluster}.new`;
  const secret = `${cluster}.secret`;
  await rm(half, { recursive: true, force: true });
  await makePrivate(half, setup.user);
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  try {
    if (setup.user) await chown(secret, setup.user.uid, setup.user.gid);
    const { code, output } = await runProgram(setup, 'initdb', [
      `--pgdata=${half}`,
      '--username=muster',
      '--auth=scram-sha-256',
      `--pwfile=${secret}`,
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ]);
    if (code !== 0)
      throw new StartError(`PostgreSQL could not create its files in ${cluster}: ${output.trim().split('\n').at(-1)}`);
  } finally {
    await rm(secret, { force: true });
  }
  await rename(half, cluster);
}

/** Process id in postmaster.pid, or null. */
async function postmasterPid(cluster: string): Promise<number | null> {
  try {
    const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Stops what a killed Muster left running. A pid file that names another program is only a leftover, and is removed. */
async function settleLeftover(cluster: string, say: (line: string) => void): Promise<void> {
  const pid = await postmasterPid(cluster);
  if (pid === null || !isAlive(pid)) return;
  if (!(await commandLine(pid)).includes(cluster)) {
    await rm(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  say(`Stopping a PostgreSQL (process ${pid}) that an earlier Muster left running.`);
  if (!(await stopPostgres(pid))) {
    throw new StartError(
      `PostgreSQL (process ${pid}) was left running on ${cluster} and cannot be stopped. Stop it, then start again.`,
    );
  }
}

async function ensureDatabase(record: PostgresRecord): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(record, 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = 'muster'");
    if (rowCount === 0) await client.query('create database muster');
  } finally {
    await client.end();
  }
}

async function checkMajor(cluster: string): Promise<void> {
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (found !== MAJOR) {
    throw new StartError(
      `The database in ${cluster} was made by PostgreSQL ${found}; this Muster brings PostgreSQL ${MAJOR}. Restore a backup into a new data folder.`,
    );
  }
}

/**
 * Database files without the record that opens them. In the data folder somebody lost the record, and must know. Elsewhere
 * the data folder itself was removed or replaced: the files of the old one are kept under another name, and a new one begins.
 */
async function clearOrphan(cluster: string, dataDir: string, say: (line: string) => void): Promise<void> {
  if (cluster.startsWith(dataDir)) {
    throw new StartError(
      `${cluster} holds a database, but its password file ${join(dataDir, 'postgres.json')} is missing. Restore that file, or move the database away.`,
    );
  }
  await settleLeftover(cluster, say);
  const aside = `${cluster}.${randomUUID().slice(0, 8)}`;
  await rename(cluster, aside);
  say(`The data folder is new, but an older database of it was found; it is kept in ${aside}.`);
}

/** The record and an existing cluster for it. */
async function prepare(options: Required<EmbeddedOptions>): Promise<Setup> {
  const { dataDir, say, elsewhere } = options;
  const user = await postgresUser();
  await makeDataFolder(dataDir, user);
  let record = await readRecord(dataDir);
  if (!record) {
    const cluster = await chooseCluster({ dataDir, user, base: elsewhere, say });
    if (await exists(join(cluster, 'PG_VERSION'))) await clearOrphan(cluster, dataDir, say);
    record = await newRecord(cluster);
    await writeRecord(dataDir, record);
  }
  const bin = await runnableBinaries(postgresPackage(), user, user ? elsewhere : dataDir);
  const setup: Setup = { dataDir, bin, user, log: join(dataDir, 'postgres.log'), record };
  if (record.made && !(await exists(record.cluster))) {
    throw new StartError(
      `The database files in ${record.cluster} are gone. Bring them back, or set MUSTER_DATA_DIR to a new folder.`,
    );
  }
  if (!record.made) {
    say('Creating the database…');
    await makePrivate(dirname(record.cluster), null);
    if (!(await exists(record.cluster))) await create(setup);
    setup.record = { ...record, made: true };
    await writeRecord(dataDir, setup.record);
  }
  await checkMajor(record.cluster);
  await settleLeftover(record.cluster, say);
  return setup;
}

/** Starts PostgreSQL on the data folder. The caller holds that folder's lock. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const full = { say: () => undefined, settings: {}, elsewhere: '/var/lib/muster', ...options };
  const setup = await prepare(full);
  const { child, pid, ended } = await launchPatiently(setup, full.settings);
  const { record } = setup;
  let asked = false;
  try {
    await ensureDatabase(record);
  } catch (error) {
    await stopPostgres(pid);
    throw error;
  }
  const lost = new Promise<string>((tell) => {
    void ended.then(async () => {
      if (!asked) tell(`PostgreSQL ended by itself: ${await lastWords(setup.log, 0)} (log: ${setup.log})`);
    });
  });
  child.unref();
  return {
    url: urlOf(record),
    pid,
    cluster: record.cluster,
    lost,
    async stop() {
      asked = true;
      if (!(await stopPostgres(pid))) throw new Error(`PostgreSQL (process ${pid}) does not stop`);
      await ended;
    },
  };
}
