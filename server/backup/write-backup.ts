/**
 * A backup is one repeatable-read transaction copied to a stream: every table as it was at one moment, while the server
 * goes on. Nothing is held in memory but what is on its way.
 */
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { to as copyTo } from 'pg-copy-streams';
import type { Database, Tx } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { BACKUP_FORMAT, type BackupHeader, jsonLine, seal } from './backup-format.ts';
import { END_OF_ROWS } from './body-reader.ts';
import { describeTable, listSequences, listTables, quoted, readSequence } from './catalogue.ts';
import { onConnection, PORTABLE } from './connection.ts';

export type BackupOptions = {
  version: string;
  now: () => number;
  /** Ends it early; what was written so far is worth nothing. */
  signal?: AbortSignal;
  onTable?: (table: string, rows: number) => void;
};

async function readHeader(tx: Tx, tables: readonly string[], options: BackupOptions): Promise<BackupHeader> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await tx.query<{ n: number }>(`select count(*) as n from ${quoted(table)}`);
    counts[table] = must(rows[0], 'a count').n;
  }
  const { rows } = await tx.query<{ schema: number }>('select max(number) as schema from schema_migration');
  return {
    musterBackup: BACKUP_FORMAT,
    schema: must(rows[0], 'a maximum').schema,
    muster: options.version,
    createdAt: new Date(options.now()).toISOString(),
    tables: counts,
  };
}

async function* readBody(tx: Tx, header: BackupHeader, onTable: BackupOptions['onTable']): AsyncGenerator<Buffer> {
  for (const [table, count] of Object.entries(header.tables)) {
    onTable?.(table, count);
    const description = await describeTable(tx, table);
    yield jsonLine(description);
    const rows = tx.query(
      copyTo(`copy ${quoted(table)} (${description.columns.map(quoted).join(', ')}) to stdout with (encoding 'UTF8')`),
    );
    yield* rows;
    if (rows.rowCount !== count) throw new Error(`${table}: ${count} rows were counted, ${rows.rowCount} copied.`);
    yield END_OF_ROWS;
  }
  const sequences = [];
  for (const name of await listSequences(tx)) sequences.push(await readSequence(tx, name));
  yield jsonLine({ sequences });
}

/** Writes every table and sequence into the stream and ends it. */
export function writeBackup(db: Pick<Database, 'pool'>, sink: Writable, options: BackupOptions): Promise<BackupHeader> {
  return onConnection(db, async (client) => {
    const known = await listTables(client);
    if (!known.includes('schema_migration')) {
      throw new UserError('not_found', 'There is nothing to back up: no Muster has used this database.');
    }
    await client.query('begin isolation level repeatable read read only');
    // Before the snapshot is taken: TRUNCATE and schema changes are seen through snapshots, so they have to wait.
    await client.query(`lock table ${known.map(quoted).join(', ')} in access share mode`);
    await client.query(PORTABLE);
    const tables = await listTables(client);
    const header = await readHeader(client, tables, options);
    await pipeline(
      readBody(client, header, options.onTable),
      createGzip({ level: constants.Z_BEST_SPEED }),
      (body: AsyncIterable<Buffer>) => seal(header, body),
      sink,
      options.signal ? { signal: options.signal } : {},
    );
    await client.query('commit');
    return header;
  });
}
