/** What lies in PostgreSQL, in the form in which the oracle holds devices against it; and the record of what was taken. */
import type { Database } from '#server/storage/database.ts';
import { readDocumentsAfter } from '#server/sync/document-store.ts';
import { readFeed } from '#server/sync/feed.ts';
import { readManifest } from '#server/sync/generations.ts';
import { readKeyRows } from '#server/sync/row-source.ts';
import { type Role, roles } from '#shared/account/roles.ts';
import { type Entity, entities, type TableName, type TailRow, tableNames, tables } from '#shared/columns/tables.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { ColumnClient } from '#tests/support/sync-columns.ts';
import type { Tables } from '../scenario/truth.ts';
import type { Cells, Order } from '../server/state.ts';

/** A trigger writes down every document that is taken, in the transaction that takes it. */
export async function recordTaken(db: Pick<Database, 'query'>): Promise<void> {
  await db.query(`
    create schema sim;
    create table sim.taken (
      n bigserial, id text, kind text, schema_version integer, rev bigint, body jsonb, deleted boolean, by text);
    create function sim.take() returns trigger language plpgsql as $$ begin
      insert into sim.taken (id, kind, schema_version, rev, body, deleted, by)
      values (new.id, new.kind, new.schema_version, new.rev, new.body, new.deleted, new.updated_by);
      return null;
    end $$;
    create trigger sim_take after insert or update on public.document for each row execute function sim.take()`);
}

export function readTaken(db: Pick<Database, 'query'>): Promise<Envelope[]> {
  return db.query<Envelope>(
    `select id, kind, schema_version as "schemaVersion", rev, body, deleted, by, 0 as at from sim.taken order by n`,
  );
}

const keysOf: Record<Entity, string> = {
  contact: 'select id as key from contact',
  order: 'select row_id as key from orders',
  event: 'select row_id as key from event',
  delivery: 'select row_id as key from delivery',
  membership: 'select row_id as key from membership',
};

async function rowsOf(db: Database, table: TableName): Promise<TailRow[]> {
  const keys = await db.query<{ key: number }>(keysOf[tables[table].entity]);
  return readKeyRows(
    db,
    table,
    keys.map(({ key }) => key),
  );
}

export async function readTables(db: Database): Promise<Tables> {
  const { version } = await readFeed(db);
  const documents = await readDocumentsAfter(db, { after: 0, upTo: version, limit: 1_000_000 });
  const contacts = new Map<number, Cells>();
  for (const { key, cells } of await rowsOf(db, 'contact')) contacts.set(key, { ...cells });
  for (const { key, cells } of await rowsOf(db, 'contactPersonal')) Object.assign(contacts.get(key) ?? {}, cells);
  const orders = new Map<number, Order>();
  for (const { key, cells } of await rowsOf(db, 'order')) orders.set(key, { cells, lines: [] });
  for (const { key, cells } of await rowsOf(db, 'orderLine')) orders.get(key)?.lines.push(cells);
  const members = await db.query<{ id: string; role: string }>('select user_id as id, role from member');
  return {
    documents: new Map(documents.map((document) => [document.id, document])),
    contacts,
    orders,
    events: new Map((await rowsOf(db, 'event')).map(({ key, cells }) => [key, cells])),
    roles: new Map(members.map(({ id, role }) => [id, roleOf(role)])),
  };
}

function roleOf(name: string): Role {
  const role = roles.find((one) => one === name);
  if (!role) throw new Error(`There is no role ${name}.`);
  return role;
}

/** [MAN-1] Where the newest generation and its tail are not what the tables say. */
export async function columnDifferences(db: Database): Promise<string[]> {
  const client = new ColumnClient(db);
  await client.take(await readManifest(db));
  await client.follow(500);
  const found: string[] = [];
  for (const table of tableNames) {
    const wanted = textsOf(await rowsOf(db, table));
    const had = textsOf(client.rows(table));
    for (const row of wanted) if (!had.includes(row)) found.push(`columns lack ${table} ${row}`);
    for (const row of had) if (!wanted.includes(row)) found.push(`columns have ${table} ${row}`);
  }
  return found;
}

const textsOf = (rows: readonly TailRow[]): string[] =>
  rows.map(({ key, cells }) => JSON.stringify([key, Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1))]));

/** Rows that wait for a number, and entities named twice under one version: never any. */
export async function numberingFaults(db: Pick<Database, 'query'>): Promise<string[]> {
  const found: string[] = [];
  const twice = await db.query<{ version: number }>(
    'select version from column_change group by version having count(*) > 1',
  );
  for (const { version } of twice) found.push(`version ${version} was given twice`);
  const above = await db.query('select 1 from column_change, feed_counter f where column_change.version > f.version');
  if (above.length > 0) found.push('a version above the counter was given');
  const unknown = await db.query<{ tbl: string }>(
    'select distinct tbl from column_change where tbl <> all($1::text[])',
    [[...entities]],
  );
  for (const { tbl } of unknown) found.push(`a change of ${tbl}, which nobody knows`);
  return found;
}
