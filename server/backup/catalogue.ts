/** What there is to save, asked of the database itself: a table made by a later migration cannot be forgotten. */
import type { Tx } from '#server/storage/database.ts';
import type { SequenceState, TableLine } from './backup-format.ts';

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Tables of the schema in use, those first that others refer to. */
export async function listTables(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ name: string; needs: string[] }>(
    `select c.relname as name,
       array(select distinct r.relname::text from pg_constraint k join pg_class r on r.oid = k.confrelid
              where k.conrelid = c.oid and k.contype = 'f' and r.oid <> c.oid) as needs
     from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relpersistence = 'p'
       and not c.relispartition
     order by c.relname`,
  );
  const sorted: string[] = [];
  let left = rows;
  while (left.length > 0) {
    const ready = left.filter(({ needs }) => needs.every((name) => !left.some((other) => other.name === name)));
    if (ready.length === 0) throw new Error(`Tables refer to each other: ${left.map(({ name }) => name).join(', ')}`);
    sorted.push(...ready.map(({ name }) => name));
    left = left.filter((table) => !ready.includes(table));
  }
  return sorted;
}

/** A table's columns, without those the database computes. */
export async function describeTable(tx: Tx, table: string): Promise<TableLine> {
  const { rows } = await tx.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [quoted(table)],
  );
  return { table, columns: rows.map(({ name }) => name) };
}

/** Sequences of the schema in use, those of identity columns included. */
export async function listSequences(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'S' and relpersistence = 'p' order by relname`,
  );
  return rows.map(({ name }) => name);
}

/** Where a sequence stands. Sequences know no snapshots: read after the rows, it is at or after every id among them. */
export async function readSequence(tx: Tx, name: string): Promise<SequenceState> {
  const { rows } = await tx.query<{ lastValue: string; isCalled: boolean }>(
    `select last_value::text as "lastValue", is_called as "isCalled" from ${quoted(name)}`,
  );
  const [row] = rows;
  if (!row) throw new Error(`The sequence ${name} has no row.`);
  return { name, ...row };
}
