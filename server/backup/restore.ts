/**
 * Restoring is one transaction: the schema of the backup's time, the rows, the migrations since, and what must not be as
 * it was. It is committed after the file's checksum was judged, so a database is either restored or untouched.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database, Tx } from '#server/storage/database.ts';
import {
  applyMigration,
  checkServerVersion,
  MIGRATION_TABLE,
  type Migration,
  readMigrations,
  SCHEMA_LOCK,
} from '#server/storage/migrate.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { unsettle } from './after-restore.ts';
import { readBytes } from './backup-file.ts';
import { type BackupHeader, sequencesLineSchema, tableLineSchema, unseal } from './backup-format.ts';
import { BodyReader } from './body-reader.ts';
import { quoted } from './catalogue.ts';
import { onConnection, PORTABLE } from './connection.ts';
import { clearEmptyDatabase } from './empty-database.ts';
import { countConfirmations, listPendingMail, type PendingCampaign } from './pending-mail.ts';

export type RestoreOptions = {
  /** The program's own; tests pass others. */
  migrations?: Migration[];
  signal?: AbortSignal;
  onTable?: (table: string, rows: number) => void;
};
export type Restored = {
  header: BackupHeader;
  /** Schema the database has now. */
  schema: number;
  /** Tables of the backup that are not Muster's: their rows were left out. */
  leftOut: string[];
  pending: PendingCampaign[];
  /** Double-opt-in mails that would leave, too. */
  confirmations: number;
};

/** Refuses a backup from a newer Muster. */
export function checkSchema(header: BackupHeader, migrations: readonly Migration[]): void {
  if (header.schema <= migrations.length) return;
  throw new UserError(
    'newer_version',
    `The backup was made by Muster ${header.muster} with schema version ${header.schema}; this program knows ${migrations.length}. Restore it with that Muster or a newer one.`,
    'file',
  );
}

/** Copies one table's rows in; answers its name when there is no such table. */
async function loadTable(
  client: pg.PoolClient,
  reader: BodyReader,
  header: BackupHeader,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { table, columns } = tableLineSchema.parse(await reader.json());
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    quoted(table),
  ]);
  if (!rows[0]?.found) {
    for await (const _ of reader.rows());
    return table;
  }
  const copy = client.query(
    copyFrom(`copy ${quoted(table)} (${columns.map(quoted).join(', ')}) from stdin with (encoding 'UTF8')`),
  );
  await pipeline(reader.rows(), copy, signal ? { signal } : {});
  if (copy.rowCount !== header.tables[table]) {
    throw new Error(`${table}: the backup promises ${header.tables[table]} rows, ${copy.rowCount} were in it.`);
  }
  return null;
}

async function setSequences(tx: Tx, reader: BodyReader): Promise<void> {
  const { sequences } = sequencesLineSchema.parse(await reader.json());
  for (const { name, lastValue, isCalled } of sequences) {
    await tx.query('select setval(to_regclass($1), $2::bigint, $3) where to_regclass($1) is not null', [
      quoted(name),
      lastValue,
      isCalled,
    ]);
  }
}

async function load(
  client: pg.PoolClient,
  header: BackupHeader,
  body: AsyncIterable<Buffer>,
  { onTable, signal }: RestoreOptions,
): Promise<string[]> {
  const reader = new BodyReader(body);
  const leftOut: string[] = [];
  for (const [table, rows] of Object.entries(header.tables)) {
    onTable?.(table, rows);
    const unknown = await loadTable(client, reader, header, signal);
    if (unknown !== null && rows > 0) leftOut.push(unknown);
  }
  await setSequences(client, reader);
  await reader.end();
  return leftOut;
}

/** Decompresses the body while `work` reads it; a damaged file is told as such, whatever noticed it first. */
async function withBody<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: (body: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const reading = pipeline(
    unseal(readBytes(path), () => undefined),
    gunzip,
    signal ? { signal } : {},
  );
  // Its failure also ends the reading of `gunzip`, which is awaited first.
  reading.catch(() => undefined);
  try {
    const result = await work(gunzip);
    await reading;
    return result;
  } finally {
    gunzip.destroy();
  }
}

/** Fills an empty database from a file that `verifyBackup` has read (and answered `header` for). */
export async function restoreBackup(
  db: Pick<Database, 'pool'>,
  path: string,
  header: BackupHeader,
  options: RestoreOptions = {},
): Promise<Restored> {
  const migrations = options.migrations ?? (await readMigrations());
  checkSchema(header, migrations);
  const restored = await onConnection(db, async (client) => {
    const version = await client.query('show server_version_num');
    checkServerVersion(Number(version.rows[0]?.server_version_num));
    await client.query('begin');
    await client.query(PORTABLE);
    await client.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await clearEmptyDatabase(client);
    await client.query(MIGRATION_TABLE);
    // Not noted: the rows that note them are in the backup.
    for (const { sql } of migrations.slice(0, header.schema)) await client.query(sql);
    const leftOut = await withBody(path, options.signal, (body) => load(client, header, body, options));
    for (const migration of migrations.slice(header.schema)) await applyMigration(client, migration);
    await unsettle(client);
    const pending = await listPendingMail(client);
    const confirmations = await countConfirmations(client);
    options.signal?.throwIfAborted();
    await client.query('commit');
    return { header, schema: migrations.length, leftOut, pending, confirmations };
  });
  // Else the first queries after a restore are planned as if every table were tiny.
  await onConnection(db, (client) => client.query('analyze'));
  return restored;
}
