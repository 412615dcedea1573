import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Config } from '#server/config/config.ts';
import { codeOf, reasonOf, StartError } from '#server/start-error.ts';
import { FolderInUse, type LockHolder, lockHolder, takeDataFolder } from './data-lock.ts';
import { type Database, openDatabase } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { makeDataFolder, readRecord, urlOf } from './postgres-folder.ts';
import { postgresUser } from './postgres-user.ts';

/** How long a command waits for a server that is just starting. */
const JOIN_PATIENCE_MS = 60_000;

export type Storage = {
  db: Database;
  url: string;
  /** Settles when the embedded PostgreSQL ended by itself. */
  lost: Promise<string>;
  close: () => Promise<void>;
};

export type StorageOptions = {
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'timeZone'>;
  /** "server", or the name of a command. */
  purpose: string;
  /** Uses the PostgreSQL of another Muster process that owns the data folder, instead of refusing. */
  join: boolean;
  /** Leaves the schema as it is: for a backup before an update, and for a restore, which makes it itself. */
  untouched?: boolean;
  poolSize: number;
  say: (line: string) => void;
  onError: (error: Error) => void;
};

type Base = { url: string; lost: Promise<string>; close: () => Promise<void> };
const never = new Promise<never>(() => undefined);

/** Null when the database answers, else the reason. */
async function unreachable(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    // Node's connection errors gather several attempts and have no text of their own.
    return reasonOf(error) || codeOf(error) || 'no answer';
  }
}

async function external(url: string): Promise<Base> {
  const reason = await unreachable(url);
  if (reason !== null) {
    const { hostname, port, pathname } = new URL(url);
    throw new StartError(
      `MUSTER_DATABASE_URL: the database ${pathname} at ${hostname}:${port || 5432} cannot be opened: ${reason}.`,
    );
  }
  return { url, lost: never, close: async () => undefined };
}

/** Any fixed number: it only has to be the same in every Muster. */
const IN_USE_LOCK = 77_213_006;

/** A connection that says "in use" for as long as it is open; null when the database is away or about to be stopped. */
async function presence(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ granted: boolean }>('select pg_try_advisory_lock_shared($1) as granted', [
      IN_USE_LOCK,
    ]);
    if (rows[0]?.granted) return client;
    await client.end();
    return null;
  } catch {
    // Not there yet, or just going: the caller looks again.
    return null;
  }
}

/** The PostgreSQL of whoever owns the data folder, once it answers; its owner stops it only after we closed. */
async function joined(dataDir: string, refusal: FolderInUse): Promise<Base | null> {
  let owner: LockHolder | null = refusal.holder;
  for (let waited = 0; waited < JOIN_PATIENCE_MS; waited += 200) {
    const record = await readRecord(dataDir);
    const client = record ? await presence(urlOf(record)) : null;
    if (record && client) return { url: urlOf(record), lost: never, close: () => client.end() };
    await sleep(200);
    owner = await lockHolder(dataDir);
    if (!owner) return null;
  }
  throw new StartError(`Process ${owner.pid} owns the data folder ${dataDir}, but its database does not answer.`);
}

/** Waits until nobody else uses the database: another command may have joined ours. From then on nobody can join. */
async function othersDone(url: string, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // Stays open until the database is stopped under it: its lock is what keeps others away.
  client.on('error', () => undefined);
  await client.connect();
  for (let said = false; ; said = true) {
    const { rows } = await client.query<{ granted: boolean }>('select pg_try_advisory_lock($1) as granted', [
      IN_USE_LOCK,
    ]);
    if (rows[0]?.granted) return;
    if (!said) say('Another command still uses the database; waiting for it.');
    await sleep(200);
  }
}

async function embedded(options: StorageOptions): Promise<Base> {
  const { dataDir } = options.config;
  await makeDataFolder(dataDir, await postgresUser());
  for (;;) {
    try {
      const lock = await takeDataFolder(dataDir, options.purpose);
      try {
        const postgres = await startEmbeddedPostgres({ dataDir, say: options.say });
        return {
          url: postgres.url,
          lost: postgres.lost,
          async close() {
            if (options.join) await othersDone(postgres.url, options.say);
            await postgres.stop();
            await lock.release();
          },
        };
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      if (!(error instanceof FolderInUse) || !options.join) throw error;
      const found = await joined(dataDir, error);
      if (found) return found;
    }
  }
}

/** Opens the configured database, migrated: an external one, our own embedded one, or the one a running Muster has open. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { config } = options;
  const base = config.databaseUrl === null ? await embedded(options) : await external(config.databaseUrl);
  const db = openDatabase(base.url, { max: options.poolSize, onError: options.onError });
  try {
    const applied = options.untouched ? [] : await migrate(db.pool, { timeZone: config.timeZone });
    if (applied.length > 0) options.say(`Database schema brought to version ${applied.at(-1)}.`);
  } catch (error) {
    await db.close();
    await base.close();
    throw error;
  }
  return {
    db,
    url: base.url,
    lost: base.lost,
    async close() {
      await db.close();
      await base.close();
    },
  };
}
