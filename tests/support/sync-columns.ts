/** A client's columns over a test's database, and random writes for it to follow. */
import { gunzipSync } from 'node:zlib';
import type { Database } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { removeDocument, writeDocument } from '#server/sync/document-store.ts';
import { readFeed } from '#server/sync/feed.ts';
import { readKeyRows } from '#server/sync/row-source.ts';
import { readTail } from '#server/sync/tail.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { maskPart, partFromRows, rowsOf } from '#shared/columns/rows.ts';
import { type TableName, type TailRow, tableNames, tables } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import type { FieldId } from '#shared/contact/field.schema.ts';
import { eventTypeId } from '#shared/event/event-type.schema.ts';
import { assert, must } from '#shared/kernel/assert.ts';
import type { Manifest } from '#shared/sync/wire.schema.ts';

/** When the made-up history begins. */
export const START = Date.UTC(2026, 0, 1);

/** Empty optional cells are left out, as a tail does. */
function withoutEmpty(table: TableName, { key, cells }: TailRow): TailRow {
  const { columns } = tables[table];
  return {
    key,
    cells: Object.fromEntries(Object.entries(cells).filter(([name, cell]) => cell !== null || name in columns)),
  };
}

const textOf = (row: TailRow) => JSON.stringify(row.cells);
/** Racing writers may leave two events of one row id; any order of equal keys is as good. */
const byKey = (rows: TailRow[]) => rows.toSorted((a, b) => a.key - b.key || (textOf(a) < textOf(b) ? -1 : 1));

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** A client: the chunks of a manifest, and the tail laid over them. */
export class ColumnClient {
  readonly #db: Database;
  parts = new Map<TableName, TablePart[]>();
  after = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  async take(manifest: Manifest): Promise<void> {
    this.parts = new Map(tableNames.map((table) => [table, []]));
    for (const { table, index, hash, rows } of manifest.chunks) {
      const [blob] = await this.#db.query<{ data: Buffer }>('select data from chunk_blob where hash = $1', [hash]);
      const part = decodeChunk(new Uint8Array(gunzipSync(must(blob, `bytes of ${table} ${index}`).data)));
      const seen = [part.table, part.index, rowsOf(part).length];
      assert(
        seen.join() === [table, index, rows].join(),
        `chunk ${table} ${index} of ${rows} rows holds ${seen.join()}`,
      );
      this.parts.get(table)?.push(part);
    }
    this.after = manifest.tailFrom;
  }

  async follow(limit = 3): Promise<void> {
    const { epoch } = await readFeed(this.#db);
    for (let more = true; more; ) {
      const tail = await readTail(this.#db, { epoch, after: this.after, limit });
      for (const table of tableNames) {
        const changed = new Set(tail.changed[tables[table].entity] ?? []);
        const rows = tail.rows[table] ?? [];
        const kept = (this.parts.get(table) ?? []).map((part) => maskPart(part, changed));
        this.parts.set(table, rows.length > 0 ? [...kept, partFromRows(table, rows)] : kept);
      }
      this.after = tail.version;
      more = tail.more;
    }
  }

  rows(table: TableName): TailRow[] {
    return byKey((this.parts.get(table) ?? []).flatMap((part) => rowsOf(part)).map((row) => withoutEmpty(table, row)));
  }
}

/** What the client should have: the rows of every key that writeSomething can write. */
export async function storedRows(db: Database, table: TableName): Promise<TailRow[]> {
  return byKey(await readKeyRows(db, table, everyKey));
}

/** A small seeded generator: the seed is in the test's name, so that a failure comes back. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Keys lie on both sides of chunk borders. */
const everyKey = [
  ...new Set([1, 4_096, 65_536].flatMap((span) => [0, 1, 2].flatMap((at) => range(at * span - 2, at * span + 13)))),
];
const keyOf = (pick: (below: number) => number, span: number) => 1 + pick(3) * span - pick(2) * 2 + pick(12);
const atOf = (pick: (below: number) => number) => new Date(START + pick(1e9));

/** One random transaction on contacts, orders, deliveries, memberships or events, with its dirty rows. */
export async function writeSomething(db: Database, pick: (below: number) => number): Promise<void> {
  await db.tx(async (tx) => {
    const contact = Math.max(1, keyOf(pick, 65_536));
    switch (pick(8)) {
      case 0:
        await tx.query(
          `insert into contact (id, email, first_name, country, created_at, updated_at, fields) values ($1, $2, $3, $4, $5, $5, $6)
           on conflict (id) do update set email = excluded.email, country = excluded.country, deleted_at = null,
             fields = excluded.fields`,
          [
            contact,
            `c${pick(50)}@EXAMPLE.com`,
            ['Zoë', 'İpek', null][pick(3)],
            ['UK', 'UA', null][pick(3)],
            atOf(pick),
            randomFields(pick),
          ],
        );
        return markDirty(tx, 'contact', [contact]);
      case 1:
        await tx.query('update contact set deleted_at = now() where id = $1', [contact]);
        return markDirty(tx, 'contact', [contact]);
      case 2:
      case 3: {
        const key = Math.max(1, keyOf(pick, pick(2) === 0 ? 65_536 : 4_096));
        await tx.query('delete from orders where row_id = $1', [key]);
        await tx.query('delete from order_line where order_row_id = $1', [key]);
        if (pick(4) > 0) {
          await tx.query(
            `insert into orders (contact_id, row_id, external_order_id, at, status, currency, gross, source, digest, line_count)
             values ($1, $2, $3, $4, 'DELIVERED', 'GBP', $5, 'API', '', 2)`,
            [contact, key, `No ${key}`, atOf(pick), pick(1e6) * 100],
          );
          await tx.query(
            `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, quantity, price)
             select $1, $2, no, 'item ' || no, $3, 1000, 2550 * no from generate_series(1, $4::int) as no`,
            [contact, key, `Thing ${pick(9)}`, 1 + pick(3)],
          );
        }
        return markDirty(tx, 'order', [key]);
      }
      case 4: {
        const key = Math.max(1, keyOf(pick, 65_536));
        await tx.query('delete from delivery where row_id = $1', [key]);
        await tx.query(
          `insert into delivery (contact_id, row_id, id, campaign_id, state, reason, created_at, sent_at)
           values ($1, $2, 'd', $3, 'sent', $4, $5, $6)`,
          [contact, key, `c${key}`, ['bounced', null][pick(2)], atOf(pick), pick(2) === 0 ? null : atOf(pick)],
        );
        return markDirty(tx, 'delivery', [key]);
      }
      case 5: {
        const key = Math.max(1, keyOf(pick, 65_536));
        await tx.query('delete from membership where row_id = $1', [key]);
        if (pick(4) > 0) {
          await tx.query(
            `insert into membership (contact_id, list_id, row_id, state, since, source) values ($1, $2, $3, $4, $5, 'API')
             on conflict do nothing`,
            [contact, ['vip', 'category:news'][pick(2)], key, ['member', 'unsubscribed'][pick(2)], atOf(pick)],
          );
        }
        return markDirty(tx, 'membership', [key]);
      }
      default: {
        const key = Math.max(1, keyOf(pick, 65_536));
        await tx.query(`insert into event_type (key) values ('open'), ('click') on conflict do nothing`);
        await tx.query('delete from event where row_id = $1', [key]);
        await tx.query(
          `insert into event (contact_id, row_id, at, type_id, params, source)
           select $1, $2, $3, id, $5, 'API' from event_type order by key limit 1 offset $4`,
          [contact, key, atOf(pick), pick(2), randomParams(pick)],
        );
        return markDirty(tx, 'event', [key]);
      }
    }
  });
}

const fieldTypes = ['text', 'multiple', 'integer', 'boolean'] as const;
const fieldId = (at: number): FieldId => `field:0000000${at}`;

/** Values of additional fields, also of those that no document names (any more) and of another kind than its document says. */
function randomFields(pick: (below: number) => number): Record<string, unknown> {
  const values = [
    ['Gold', 'İ', 5][pick(3)],
    [['Opera', 'Chess'], ['Chess'], []][pick(3)],
    [7, -1, 'x'][pick(3)],
    pick(2) === 0,
  ];
  return Object.fromEntries(values.flatMap((value, at) => (pick(3) > 0 ? [[fieldId(at), value]] : [])));
}

/** Makes an additional field, or deletes it. */
export async function switchField(db: Database, pick: (below: number) => number): Promise<void> {
  const at = pick(fieldTypes.length);
  const type = fieldTypes[at] ?? 'text';
  const allowedValues = type === 'multiple' ? ['Opera', 'Chess'] : [];
  const body = { listName: 'L', listKey: 'L', key: `K${at}`, label: type, type, personal: at % 2 === 0, allowedValues };
  await db.tx<unknown>((tx) =>
    pick(3) > 0 ? writeDocument(tx, 'contact-field', fieldId(at), body) : removeDocument(tx, fieldId(at)),
  );
}

const parameters = [
  { key: 'brand', kind: 'text', slot: 0 },
  { key: 'note', kind: 'text', slot: 3 },
  { key: 'price', kind: 'number', slot: 0 },
];

/** Parameters as shops send them: absent, of another kind, numbers as text, and what no column can hold. */
function randomParams(pick: (below: number) => number): Record<string, unknown> {
  const brand = ['Acme', 'ACME', '', null, 7, true, { a: 1 }, "O'Hara \\", 'x'.repeat(600)][pick(9)];
  const price = [12.5, '12.50', '-3', '1e400', 'twelve', 1e-30, 9_007_199_254_740_991, null, '1,5'][pick(9)];
  return { ...(pick(4) > 0 && { brand }), ...(pick(4) > 0 && { price }), note: `note ${pick(3)}` };
}

/** Turns parameters of a type into columns, or back. */
export async function switchParameters(db: Database, pick: (below: number) => number): Promise<void> {
  const key = ['open', 'click'][pick(2)] ?? '';
  const on = parameters.filter(() => pick(2) === 0);
  await db.tx((tx) => writeDocument(tx, 'event-type', eventTypeId(key), { key, parameters: on }));
}
