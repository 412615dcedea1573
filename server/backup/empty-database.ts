/** A restore goes into an empty database: one without tables, or one that a Muster has set up and nobody has used yet. */
import pg from 'pg';
import type { Tx } from '#server/storage/database.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { listTables, quoted } from './catalogue.ts';

/** What a Muster that was never used has rows in. */
const SEEDED = ['schema_migration', 'workspace', 'feed_counter', 'lease'];
const LOCK_NOT_AVAILABLE = '55P03';

async function lockAll(tx: Tx, tables: readonly string[]): Promise<void> {
  try {
    await tx.query("set local lock_timeout = '5s'");
    await tx.query(`lock table ${tables.map(quoted).join(', ')} in access exclusive mode`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new UserError('conflict', 'The database is in use. Stop every Muster that works on it, then restore.');
  }
}

async function dropEverything(tx: Tx, tables: readonly string[]): Promise<void> {
  await tx.query(`drop table ${tables.map(quoted).join(', ')}`);
  const { rows } = await tx.query<{ statement: string }>(
    `select format('drop sequence %s', c.oid::regclass) as statement from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
     union all
     select format('drop routine %s', p.oid::regprocedure) from pg_proc p
      where p.pronamespace = current_schema()::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  );
  for (const { statement } of rows) await tx.query(statement);
}

/** Refuses a database that holds anything; takes an unused Muster's schema away. Nobody else can use it from here on. */
export async function clearEmptyDatabase(tx: Tx): Promise<void> {
  const tables = await listTables(tx);
  if (tables.length === 0) return;
  const name = (await tx.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
  if (!tables.includes('schema_migration')) {
    throw new UserError(
      'conflict',
      `The database ${name} holds tables of something else (${tables.slice(0, 3).join(', ')}). Restore into an empty database.`,
    );
  }
  await lockAll(tx, tables);
  for (const table of tables) {
    if (SEEDED.includes(table)) continue;
    const { rows } = await tx.query(`select from ${quoted(table)} limit 1`);
    if (rows.length > 0) {
      throw new UserError(
        'conflict',
        `The database ${name} is not empty: its table ${table} holds data. Restore into an empty database, or name another MUSTER_DATA_DIR. Nothing was changed.`,
      );
    }
  }
  await dropEverything(tx, tables);
}
