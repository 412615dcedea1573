/** Starting the PostgreSQL process itself, and waiting until it answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { reasonOf, StartError } from '#server/start-error.ts';
import { exists, freePort, type PostgresRecord, urlOf, writeRecord } from './postgres-folder.ts';
import { stopPostgres } from './postgres-process.ts';
import type { PostgresUser } from './postgres-user.ts';

const LOG_LIMIT = 10_000_000;

/** Small and quiet: few processes, nothing of a failing statement in the log, because statements carry personal data. */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '60',
  shared_buffers: '128MB',
  io_method: 'sync',
  max_wal_size: '1GB',
  max_wal_senders: '0',
  wal_level: 'minimal',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_min_messages: 'warning',
};

/** What is needed to run PostgreSQL's programs on one data folder. */
export type Setup = { dataDir: string; bin: string; user: PostgresUser; log: string; record: PostgresRecord };

/** The end of PostgreSQL's log, for a message. */
export async function lastWords(log: string, from: number): Promise<string> {
  const text = (await readFile(log)).subarray(from).toString('utf8').trim();
  const telling = text.split('\n').filter((line) => /FATAL|PANIC|HINT|error/.test(line));
  return (telling.length > 0 ? telling : text.split('\n')).slice(-3).join(' ') || 'it said nothing';
}

/** Null when it accepts connections, else why not. */
async function refusal(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

type Launch = { child: ChildProcess; pid: number; ended: Promise<void> };

/** Starts the server process and waits until it answers. */
async function launch(setup: Setup, extra: Record<string, string>): Promise<Launch> {
  const { record, log } = setup;
  if ((await exists(log)) && (await stat(log)).size > LOG_LIMIT) await truncate(log);
  const file = await open(log, 'a', 0o600);
  const from = (await file.stat()).size;
  const options = Object.entries({ ...settings, ...extra, port: String(record.port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  // A process group of its own: Ctrl-C reaches Muster alone, which drains before it stops PostgreSQL.
  const child = spawn(join(setup.bin, 'postgres'), ['-D', record.cluster, ...options], {
    ...(setup.user ?? {}),
    cwd: dirname(record.cluster),
    stdio: ['ignore', file.fd, file.fd],
    detached: process.platform !== 'win32',
  });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await file.close();
  for (let waited = 0; !over; waited += 50) {
    // Somebody else may sit on the port and never answer: the end of our own process is then the news.
    const problem = await Promise.race([refusal(urlOf(record, 'postgres')), ended.then(() => 'ended')]);
    if (problem === null && child.pid !== undefined && !over) return { child, pid: child.pid, ended };
    if (problem?.includes('password authentication failed')) {
      // Perhaps another PostgreSQL answered on this port: then ours is about to give up.
      await Promise.race([ended, sleep(1_000)]);
      if (over) break;
      if (child.pid !== undefined) await stopPostgres(child.pid);
      throw new StartError(
        `The password in ${join(setup.dataDir, 'postgres.json')} does not open the database in ${record.cluster}.`,
      );
    }
    if (waited > 120_000) break;
    await sleep(50);
  }
  if (!over && child.pid !== undefined) await stopPostgres(child.pid);
  throw new StartError(`PostgreSQL did not start: ${await lastWords(log, from)} (log: ${log})`);
}

/** As `launch`, with another port when the remembered one was taken, and patience while a killed server's last processes end. */
export async function launchPatiently(setup: Setup, extra: Record<string, string>): Promise<Launch> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(setup, extra);
    } catch (error) {
      const reason = reasonOf(error);
      if (attempt >= 10) throw error;
      if (reason.includes('could not bind') || reason.includes('could not create any TCP/IP sockets')) {
        setup.record = { ...setup.record, port: await freePort() };
        await writeRecord(setup.dataDir, setup.record);
      } else if (
        reason.includes('shared memory block') ||
        reason.includes('lock file "postmaster.pid" already exists')
      ) {
        await sleep(500);
      } else throw error;
    }
  }
}
