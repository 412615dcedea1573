/** Rows for every table the schema has, made from the catalogue: a table that is added later is filled too. */
import { listTables, quoted } from '#server/backup/catalogue.ts';
import type { Database } from '#server/storage/database.ts';

type Column = { name: string; type: string; nullable: boolean; refers: string | null; unique: boolean };

/** What is hard to carry through a text format. */
const texts = ['plain', 'a\tb\nc\r\\d', '\\.', '\\N', '', 'Ünï “code” 👍 İ', '"{},\'', 'line\n\\.\nline'];

/** Tables whose rows obey more than their types. */
const special: Record<string, Record<string, unknown>> = {
  order_line: { quantity: -2500, price: 12345 },
};

function value({ name, type, nullable, unique }: Column, row: number): unknown {
  if (nullable && row % 3 === 2) return null;
  const text = `${texts[row % texts.length]}${unique ? `${name}${row}` : ''}`;
  switch (type) {
    case 'text':
      return text;
    case 'jsonb':
      return JSON.stringify({ text, n: 0.1, list: [null, true, { deep: '\t' }] });
    case 'bigint[]':
      return [row, '9007199254740993'];
    case 'bytea':
      return Buffer.from([0, 10, 92, 46, 255, row]);
    case 'boolean':
      return row % 2 === 0;
    case 'bigint':
      // Beyond what a JavaScript number holds.
      return `${9007199254740993n + BigInt(row)}`;
    case 'real':
      return 0.1 + row;
    case 'timestamp with time zone':
      return `2026-11-0${row + 1}T01:02:03.004005Z`;
    case 'integer':
    case 'smallint':
      return row + 1;
    default:
      throw new Error(`${name}: no value is known for the type ${type}`);
  }
}

async function columnsOf(db: Database, table: string): Promise<Column[]> {
  return db.query<Column>(
    `select a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
       exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any(i.indkey)) as unique,
       (select format('select %I as id from %I', ra.attname, r.relname) from pg_constraint k
         join pg_class r on r.oid = k.confrelid
         join pg_attribute ra on ra.attrelid = r.oid and ra.attnum = k.confkey[1]
         where k.conrelid = a.attrelid and k.contype = 'f' and k.conkey[1] = a.attnum) as refers
     from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
    [quoted(table)],
  );
}

/** Adds a few rows to each table that has none. */
export async function fillEveryTable(db: Database): Promise<string[]> {
  const tables = await db.tx((tx) => listTables(tx));
  for (const table of tables) {
    if ((await db.query(`select from ${quoted(table)} limit 1`)).length > 0) continue;
    const columns = await columnsOf(db, table);
    for (let row = 0; row < 4; row++) {
      const values: unknown[] = [];
      for (const column of columns) {
        const given = special[table]?.[column.name];
        const others = column.refers ? await db.query<{ id: unknown }>(column.refers) : [];
        values.push(given ?? (column.refers ? others[row]?.id : value(column, row)));
      }
      await db.query(
        `insert into ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')}) overriding system value
         values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
        values,
      );
    }
  }
  return tables;
}

/** Each table's rows as sorted text; `without` names columns that are left out. */
export async function readEveryTable(
  db: Database,
  without: Record<string, readonly string[]> = {},
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of await db.tx((tx) => listTables(tx))) {
    const rows = await db.query<{ row: string }>(
      `select (to_jsonb(t) - $1::text[])::text as row from ${quoted(table)} t order by 1`,
      [without[table] ?? []],
    );
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}
