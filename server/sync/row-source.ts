/**
 * How each column table is read from SQL: one definition for chunks (a range of keys) and tails (single keys). PostgreSQL
 * answers whole columns as JSON arrays, because V8 parses those several times faster than the driver parses rows.
 */
import type { Database } from '#server/storage/database.ts';
import { specOf } from '#shared/columns/rows.ts';
import { type Cell, type Entity, type TableName, type TailRow, tables } from '#shared/columns/tables.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import { must } from '#shared/kernel/assert.ts';
import { type ColumnShape, readColumnShape } from './column-shape.ts';
import { parseRows, type RowTexts } from './encode-chunk.ts';
import { parameterKeys } from './event-columns.ts';
import { fieldColumns, isFieldTable } from './field-columns.ts';

type Source = {
  from: string;
  /** The key a change names. */
  key: string;
  where?: string;
  /** Where a key has several rows: equal rows must come in equal order, or a chunk's bytes would change. */
  orderBy?: string;
  columns: Readonly<Record<string, string>>;
};

/** Epoch ms. date_part counts in float8, exact to far below a millisecond and several times faster than extract's numeric. */
const ms = (instant: string) => `round(date_part('epoch', ${instant}) * 1000)::bigint`;

function contactColumns(table: 'contact' | 'contactPersonal'): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const field of contactFieldKeys) {
    if (!Object.hasOwn(tables[table].columns, field)) continue;
    const { column, type } = contactFields[field];
    columns[field] = type === 'instant' ? ms(column) : column;
  }
  return columns;
}

/** History of a merged card is its survivor's: columns say so, and whoever reads them needs to know nothing of merges. */
const ofMerged = (contactId: string) => `left join contact_alias alias on alias.id = ${contactId}`;
const owner = (contactId: string) => `coalesce(alias.survivor, ${contactId})`;

const sources: Record<TableName, Source> = {
  contact: { from: 'contact', key: 'id', where: 'deleted_at is null', columns: contactColumns('contact') },
  contactPersonal: {
    from: 'contact',
    key: 'id',
    where: 'deleted_at is null',
    columns: contactColumns('contactPersonal'),
  },
  // Whoever has no value of any field has no row: a workspace that uses none has no chunks of these.
  contactField: { from: 'contact', key: 'id', where: `deleted_at is null and fields <> '{}'`, columns: {} },
  contactFieldPersonal: { from: 'contact', key: 'id', where: `deleted_at is null and fields <> '{}'`, columns: {} },
  order: {
    from: `orders ${ofMerged('contact_id')}`,
    key: 'row_id',
    columns: {
      rowId: 'row_id',
      contactId: owner('contact_id'),
      at: ms('at'),
      externalOrderId: 'external_order_id',
      status: 'status',
      currency: 'currency',
      gross: 'gross',
      returns: 'returns',
      grossLines: 'gross_lines',
      lines: 'line_count',
    },
  },
  orderLine: {
    from: 'order_line l join orders o on o.contact_id = l.contact_id and o.row_id = l.order_row_id',
    key: 'l.order_row_id',
    orderBy: 'l.order_row_id, l.line_no',
    columns: {
      orderRowId: 'l.order_row_id',
      lineNo: 'l.line_no',
      at: ms('o.at'),
      externalItemId: 'l.external_item_id',
      name: 'l.name',
      quantity: 'l.quantity',
      price: 'l.price',
      amount: 'l.amount',
    },
  },
  delivery: {
    from: `delivery ${ofMerged('contact_id')}`,
    key: 'row_id',
    columns: {
      rowId: 'row_id',
      contactId: owner('contact_id'),
      at: ms('created_at'),
      campaignId: 'campaign_id',
      state: 'state',
      reason: 'reason',
      sentAt: ms('sent_at'),
      openedAt: ms('opened_at'),
      machineOpenedAt: ms('machine_opened_at'),
      clickedAt: ms('clicked_at'),
      unsubscribedAt: ms('unsubscribed_at'),
    },
  },
  event: {
    from: `event e join event_type t on t.id = e.type_id ${ofMerged('e.contact_id')}`,
    key: 'e.row_id',
    columns: { rowId: 'e.row_id', contactId: owner('e.contact_id'), at: ms('e.at'), type: 't.key' },
  },
  membership: {
    from: 'membership',
    key: 'row_id',
    // A merge gives the survivor rows of its own.
    where: 'not exists (select 1 from contact_alias a where a.id = contact_id)',
    columns: {
      rowId: 'row_id',
      contactId: 'contact_id',
      at: ms('since'),
      list: 'list_id',
      state: 'state',
      source: 'source',
    },
  },
};

/** Largest key of each entity, by its index. */
const largestKey: Record<Entity, string> = {
  contact: 'select max(id) as key from contact',
  order: 'select max(row_id) as key from orders',
  delivery: 'select max(row_id) as key from delivery',
  event: 'select max(row_id) as key from event',
  membership: 'select max(row_id) as key from membership',
};

type Queryable = Pick<Database, 'query'>;

/** Columns of events that hold a parameter of some type; `keys` is the placeholder of what they hold. */
function parameterColumns(parameters: EventParameters, keys: string): Record<string, string> {
  const names = new Set(Object.values(parameterKeys(parameters)).flatMap((ofType) => Object.keys(ofType)));
  const expression = (name: string) =>
    `event_${name.startsWith('text') ? 'text' : 'number'}(e.params, ${keys}::jsonb -> t.key ->> '${name}')`;
  return Object.fromEntries([...names].sort().map((name) => [name, expression(name)]));
}

/** Columns besides those that every part has: by documents (see ColumnShape), or optional. And what their expressions need. */
function shapedColumns(
  table: TableName,
  { parameters, fields }: ColumnShape,
  asked: unknown[],
): { columns: Record<string, string>; values: unknown[] } {
  if (isFieldTable(table)) return { columns: fieldColumns(table, fields), values: asked };
  if (table === 'orderLine') return { columns: { category: 'l.category' }, values: asked };
  if (table !== 'event' || parameters.size === 0) return { columns: {}, values: asked };
  const values = [...asked, JSON.stringify(parameterKeys(parameters))];
  return { columns: parameterColumns(parameters, `$${values.length}`), values };
}

async function readRows(
  db: Queryable,
  table: TableName,
  condition: (key: string) => string,
  asked: unknown[],
  shape: ColumnShape,
): Promise<RowTexts> {
  const { from, key, where, orderBy, columns } = sources[table];
  const { columns: shaped, values } = shapedColumns(table, shape, asked);
  const names = [...Object.keys(specOf(table).columns), ...Object.keys(shaped)];
  const inner = ['key', ...names].map((name, at) =>
    at === 0 ? `${key} as key` : `${must(columns[name] ?? shaped[name], `a source of ${table}.${name}`)} as c${at - 1}`,
  );
  const outer = ['json_agg(key)::text as key', ...names.map((_, at) => `json_agg(c${at})::text as c${at}`)];
  const [row] = await db.query<Record<string, string | null>>(
    `select ${outer.join(', ')}
       from (select ${inner.join(', ')} from ${from} where ${condition(key)} ${where ? `and ${where}` : ''}
               ${orderBy ? `order by ${orderBy}` : ''}) as r`,
    values,
  );
  const cells: Record<string, string | null> = {};
  names.forEach((name, at) => {
    cells[name] = row?.[`c${at}`] ?? null;
  });
  return { keys: row?.key ?? null, cells };
}

/** Rows of chunk `index`, as they are now, with the columns that documents name; not parsed yet. */
export function readChunkRows(db: Queryable, table: TableName, index: number, shape: ColumnShape): Promise<RowTexts> {
  const { span } = specOf(table);
  const range = [index * span, (index + 1) * span];
  return readRows(db, table, (key) => `${key} >= $1::bigint and ${key} < $2::bigint`, range, shape);
}

/** Rows of single keys, as they are now. Optional cells are left out where they are empty. */
export async function readKeyRows(
  db: Queryable,
  table: TableName,
  keys: readonly number[],
  known?: ColumnShape,
): Promise<TailRow[]> {
  const shape = known ?? (await readColumnShape(db));
  const condition = (key: string) => `${key} = any($1::bigint[])`;
  const { keys: found, cells } = parseRows(await readRows(db, table, condition, [keys], shape));
  const columns = Object.entries(cells);
  const isKept = (name: string, cell: Cell | undefined) => cell != null || name in specOf(table).columns;
  return found.map((key, row) => ({
    key,
    cells: Object.fromEntries(
      columns
        .filter(([name, column]) => isKept(name, column[row]))
        .map(([name, column]) => [name, column[row] ?? null]),
    ),
  }));
}

/** Largest key an entity has; -1 when it has no rows. */
export async function readLargestKey(db: Queryable, entity: Entity): Promise<number> {
  const [row] = await db.query<{ key: number | null }>(largestKey[entity]);
  return row?.key ?? -1;
}
