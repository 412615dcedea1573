/** Numbered, append-only migrations under an advisory lock. A database newer than the code is refused, never touched. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { StartError } from '#server/start-error.ts';

const OLDEST_MAJOR = 15;
const NEWEST_MAJOR = 18;
/** Any fixed number: it only has to be the same in every Muster. Whoever changes the schema holds it. */
export const SCHEMA_LOCK = 77_213_001;
export const MIGRATION_TABLE =
  'create table if not exists schema_migration (number integer primary key, name text not null, applied_at timestamptz not null default now())';

export type Migration = { number: number; name: string; sql: string };

/** The migrations of a folder in order; their numbers must be 1, 2, 3, … without a gap. */
export async function readMigrations(folder: string = join(import.meta.dirname, 'migrations')): Promise<Migration[]> {
  const found: Migration[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const [, number, name] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
    if (!number || !name) throw new Error(`${file} is not named like a migration (0001-what-it-does.sql)`);
    if (Number(number) !== found.length + 1) throw new Error(`${file}: migration ${found.length + 1} was expected`);
    found.push({ number: Number(number), name, sql: await readFile(join(folder, file), 'utf8') });
  }
  return found;
}

/** Refuses a PostgreSQL Muster was never run on. */
export function checkServerVersion(versionNum: number): void {
  const major = Math.floor(versionNum / 10_000);
  if (major >= OLDEST_MAJOR && major <= NEWEST_MAJOR) return;
  const problem = major < OLDEST_MAJOR ? 'is too old' : 'is newer than this Muster knows';
  throw new StartError(
    `The database is PostgreSQL ${major}, which ${problem}: Muster needs PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR}.`,
  );
}

/** Applies one migration and notes it. */
export async function applyMigration(client: Pick<pg.ClientBase, 'query'>, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query('insert into schema_migration (number, name) values ($1, $2)', [migration.number, migration.name]);
}

async function seed(client: Pick<pg.ClientBase, 'query'>, timeZone: string): Promise<void> {
  await client.query(
    'insert into workspace (id, name, time_zone, link_secret) values (1, $1, $2, $3) on conflict do nothing',
    ['My workspace', timeZone, randomBytes(32).toString('base64url')],
  );
  await client.query('insert into feed_counter (id, version, epoch) values (1, 0, $1) on conflict do nothing', [
    randomUUID(),
  ]);
}

/**
 * Brings the database to the newest schema and makes the rows that must exist once. Safe to run from several processes
 * at a time and to run again. Answers the numbers it applied.
 */
export async function migrate(
  pool: Pick<pg.Pool, 'connect'>,
  options: { timeZone: string; migrations?: Migration[] },
): Promise<number[]> {
  const migrations = options.migrations ?? (await readMigrations());
  const applied: number[] = [];
  const client = await pool.connect();
  try {
    const version = await client.query('show server_version_num');
    checkServerVersion(Number(version.rows[0]?.server_version_num));
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK]);
    await client.query(MIGRATION_TABLE);
    const { rows } = await client.query('select coalesce(max(number), 0) as newest from schema_migration');
    const newest = Number(rows[0]?.newest);
    if (newest > migrations.length) {
      throw new StartError(
        `The database is newer than this Muster: its schema has version ${newest}, this program knows ${migrations.length}. Start a newer Muster.`,
      );
    }
    for (const migration of migrations.slice(newest)) {
      await client.query('begin');
      await applyMigration(client, migration);
      await client.query('commit');
      applied.push(migration.number);
    }
    await seed(client, options.timeZone);
    await client.query('select pg_advisory_unlock($1)', [SCHEMA_LOCK]);
    client.release();
    return applied;
  } catch (error) {
    // Closing the session rolls back what is open and gives the lock back.
    client.release(true);
    throw error;
  }
}
