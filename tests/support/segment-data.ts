/**
 * Random contacts and activity for the differential test of the rule language: one list of rows that goes into
 * PostgreSQL and into column parts. Texts and instants come from small pools of nasty values, so that rules hit them.
 */

import type { Database } from '#server/storage/database.ts';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf, maskPart, partFromRows, type RowSet } from '#shared/columns/rows.ts';
import { type Cell, type TableName, type TailRow, tables } from '#shared/columns/tables.ts';
import type { ColumnView, TablePart } from '#shared/columns/view.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, fieldSpecs } from '#shared/contact/field.schema.ts';
import { cellOfStored, foldChanges, type StoredField } from '#shared/contact/field-value.ts';
import { eventParameters, parameterColumn } from '#shared/event/event-parameters.ts';
import { fold } from '#shared/kernel/fold.ts';
import { DAY_MS, startOfDate } from '#shared/kernel/time.ts';
import type { RuleContext } from '#shared/segment/resolve.ts';
import { textFieldKeys } from '#shared/segment/segment.schema.ts';

/** Values of choices; some differ by folding only from what a rule may ask for. */
export const chosen = ['Anna', 'Straße', 'İstanbul', '100%', '👍', 'ﬁne'];

/** Already the 28th in Berlin, where clocks went back on the 25th: UTC days, local days and 86,400 s all disagree here. */
export const context: RuleContext = {
  now: Date.UTC(2026, 9, 27, 23, 30, 0, 123),
  zone: 'Europe/Berlin',
  currency: 'GBP',
  parameters: eventParameters([
    {
      key: 'purchase',
      parameters: [
        { key: 'brand', kind: 'text', slot: 0 },
        { key: 'price', kind: 'number', slot: 1 },
      ],
    },
    { key: 'open', parameters: [{ key: 'brand', kind: 'text', slot: 2 }] },
  ]),
  fields: fieldSpecs(
    (
      [
        ['text', true, []],
        ['text', false, []],
        ['choice', false, chosen],
        ['multiple', true, chosen],
        ['multiple', false, chosen],
        ['integer', false, []],
        ['decimal', true, []],
        ['boolean', false, []],
        ['date', true, []],
        ['dateTime', false, []],
        ['time', false, []],
      ] as const
    ).map(([type, personal, allowedValues], at) => ({
      id: `field:0000000${at.toString(16)}`,
      body: { listName: 'L', listKey: 'L', key: `K${at}`, label: `${type} ${at}`, type, personal, allowedValues },
    })),
  ),
};
const { now, zone } = context;

export const dayCounts = [1, 3, 4, 30, 90];
const bounds = [
  now,
  ...dayCounts.map((days) => now - days * DAY_MS),
  startOfDate(zone, '2026-10-25'),
  startOfDate(zone, '2026-10-26'),
];
/** Instants at, just before and just after every bound a rule can have; the last two lie in the future. */
export const instants = [
  ...bounds.flatMap((at) => [at - 1, at, at + 1]),
  now - 400 * DAY_MS,
  0,
  -5 * DAY_MS,
  now + DAY_MS,
];

export const texts = [
  'Anna',
  'anna',
  'ANNA',
  'Ann',
  'nna',
  'İstanbul',
  'istanbul',
  'i̇stanbul',
  'Straße',
  'STRASSE',
  'strasse',
  'ΑΣ',
  'ας',
  'ασ',
  'Σ',
  '👍',
  'a👍',
  '👍🏽b',
  'ﬁne',
  'fine',
  '%',
  '_',
  '100%',
  '100x',
  'a_b',
  'aXb',
  '\\',
  'a\\b',
  "O'Hara",
  '"quoted"',
  '$1',
  ' ',
  ' x ',
  'é',
  'e\u0301',
  '①',
  '1',
  'Ⅷ',
  'null',
  'Germany',
  'GERMANY',
  'germany ',
  'DE',
  'de',
];
export const eventTypes = ['purchase', 'Purchase', 'open', '%_\\', "it's", 'ΑΣ'];
export const currencies = ['GBP', 'EUR'];

export type Random = (below: number) => number;

/** A small seeded generator (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

type Rows = Map<number, Record<string, Cell>>;
/** Stored values of additional fields, by contact. */
export type FieldRows = Map<number, Record<FieldId, StoredField>>;
export type SegmentData = {
  contact: Rows;
  fields?: FieldRows;
  order: Rows;
  event: Rows;
  delivery: Rows;
  membership?: Rows;
  /** Lines of orders, each with its orderRowId. */
  lines?: Record<string, Cell>[];
};
export const statuses = ['DELIVERED', 'IN_PROGRESS', 'ABANDONED_SHOPPING_CART', 'delivered'];
/** Lists that differ by case only are two. */
export const lists = ['l1', 'L1', 'category:news', "it's"];

const ids = [
  ...Array.from({ length: 40 }, (_, index) => index * 2 + 1),
  ...Array.from({ length: 20 }, (_, index) => 65_526 + index),
];

/** Each with what it was sent (`params`), and the columns that its type's switch makes of it. */
function randomEvent(pick: <T>(from: readonly T[]) => T): Record<string, Cell> {
  const type = pick(eventTypes);
  const brand = pick([null, ...texts]);
  const [sent, price] = pick(prices);
  const columns: Record<string, Cell> = {};
  for (const parameter of context.parameters.get(type)?.values() ?? []) {
    columns[parameterColumn(parameter)] = parameter.kind === 'number' ? price : brand;
  }
  return { type, params: JSON.stringify({ brand, price: sent }), ...columns };
}

/** As sent, and as the number it is. */
export const prices: readonly [sent: unknown, number: number | null][] = [
  [12.5, 12.5],
  ['12.50', 12.5],
  ['-3', -3],
  [0, 0],
  ['twelve', null],
  [null, null],
  [1e15, 1e15],
];

/** Contacts on both sides of a chunk's edge, with gaps; activity also of nobody (0) and of contacts that do not exist. */
export function randomData(random: Random): SegmentData {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const at = () => pick(instants);
  const maybe = <T>(value: T): T | null => (random(3) === 0 ? null : value);
  const owners = [0, 2, 70_000, ...ids];
  const rows = (count: number, make: () => Record<string, Cell>): Rows =>
    new Map(
      Array.from({ length: count }, (_, index) => [
        index + 1,
        { rowId: index + 1, contactId: pick(owners), at: at(), ...make() },
      ]),
    );
  const alive = ids.filter(() => random(8) > 0);
  const order = rows(120, () => ({
    externalOrderId: `o${random(1e9)}`,
    status: pick(statuses),
    currency: pick(currencies),
    gross: random(3) * 10_000,
    returns: random(3) * 10_000,
    grossLines: random(3),
    lines: 3,
  }));
  return {
    fields: new Map(alive.map((id) => [id, randomFields(random)])),
    contact: new Map(
      alive.map((id) => [
        id,
        {
          ...Object.fromEntries(textFieldKeys.map((field) => [field, maybe(pick(texts))])),
          emailStatus: pick(['subscribed', 'none', 'bounced']),
          createdAt: at(),
        },
      ]),
    ),
    order,
    lines: randomLines(random, order),
    event: rows(200, () => randomEvent(pick)),
    membership: randomMemberships(random, owners),
    delivery: rows(100, () => ({
      campaignId: 'c',
      state: 'sent',
      reason: null,
      sentAt: maybe(at()),
      openedAt: maybe(at()),
      machineOpenedAt: maybe(at()),
      clickedAt: maybe(at()),
      unsubscribedAt: null,
    })),
  };
}

/** Up to three lines an order, some of them returns and discounts. */
function randomLines(random: Random, order: Rows): Record<string, Cell>[] {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  return [...order].flatMap(([orderRowId, { at = null }]) =>
    Array.from({ length: random(4) }, (_, lineNo) => {
      const [quantity, price] = [pick([-1_000, 500, 1_000, 3_000]), pick([-5_000, 0, 12_500, 99_999])];
      const names = { externalItemId: pick(['1', '2', 'ΑΣ']), name: pick(texts), category: pick([null, '', ...texts]) };
      const amount = Math.sign(quantity * price) * Math.round(Math.abs(quantity * price) / 1_000);
      return { orderRowId, lineNo, at, ...names, quantity, price, amount };
    }),
  );
}

/** One row of a contact and list at most. */
function randomMemberships(random: Random, owners: readonly number[]): Rows {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const found = new Map<string, Record<string, Cell>>();
  for (let left = 80; left > 0; left--) {
    const contactId = pick(owners);
    const list = pick(lists);
    const state = list.startsWith('category:') ? pick(['subscribed', 'unsubscribed']) : 'member';
    found.set(`${contactId} ${list}`, { contactId, list, state, at: pick(instants), source: 'API' });
  }
  return new Map([...found.values()].map((cells, at) => [at + 1, { rowId: at + 1, ...cells }]));
}

/** Days, times and numbers at the edges of what a rule may ask for. */
export const fieldNumbers: Record<string, readonly number[]> = {
  integer: [-3, 0, 1, 7, 2 ** 40],
  decimal: [-3, 0, 5, 125_000],
  date: [...new Set(instants.map((at) => Math.floor(at / DAY_MS)))],
  dateTime: instants,
  time: [0, 3_600, 86_399],
};

function randomFields(random: Random): Record<FieldId, StoredField> {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const values: Record<FieldId, StoredField> = {};
  for (const { id, type, allowedValues } of context.fields.values()) {
    if (random(3) === 0) continue;
    if (type === 'text') values[id] = pick(texts);
    else if (type === 'choice') values[id] = pick(allowedValues);
    else if (type === 'multiple') values[id] = allowedValues.filter((_, at) => at === 0 || random(2) === 0);
    else if (type === 'boolean') values[id] = random(2) === 0;
    else values[id] = pick(fieldNumbers[type] ?? []);
  }
  return values;
}

const withoutNulls = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** Puts the rows into empty tables. */
export async function loadIntoDatabase(db: Database, data: SegmentData): Promise<void> {
  const iso = (value: Cell | undefined) => (typeof value === 'number' ? new Date(value).toISOString() : null);
  const fill = async (table: string, rows: object[]) => {
    await db.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ]);
  };
  await db.query('truncate contact, event, event_type, orders, order_line, delivery, membership');
  await fill(
    'contact',
    [...data.contact].map(([id, cells]) => {
      const row: Record<string, unknown> = {
        id,
        fields: data.fields?.get(id) ?? {},
        fields_fold: withoutNulls(foldChanges(data.fields?.get(id) ?? {})),
        demo: false,
        created_at: iso(cells.createdAt),
        updated_at: iso(now),
      };
      for (const field of textFieldKeys) {
        const value = cells[field] ?? null;
        row[contactFields[field].column] = value;
        if (field !== 'emailStatus')
          row[`${contactFields[field].column}_fold`] = typeof value === 'string' ? fold(value) : null;
      }
      return row;
    }),
  );
  // A deleted contact that would match much: it must never be a member.
  await db.query(
    `insert into contact (id, first_name, first_name_fold, country, country_fold, created_at, updated_at, deleted_at)
     values (2, 'Anna', 'anna', 'DE', 'de', now(), now(), now())`,
  );
  await db.query('insert into event_type (key) select unnest($1::text[])', [eventTypes]);
  const types = await db.query<{ id: number; key: string }>('select id, key from event_type');
  const typeId = new Map(types.map(({ id, key }) => [key, id]));
  const common = (cells: Record<string, Cell>) => ({
    contact_id: cells.contactId,
    row_id: cells.rowId,
    at: iso(cells.at),
  });
  await fill(
    'event',
    [...data.event.values()].map((cells) => ({
      ...common(cells),
      type_id: typeId.get(String(cells.type)),
      params: JSON.parse(String(cells.params)),
      source: 'test',
    })),
  );
  await fill(
    'orders',
    [...data.order.values()].map((cells) => ({
      ...common(cells),
      external_order_id: cells.externalOrderId,
      status: cells.status,
      currency: cells.currency,
      credit: false,
      gross: cells.gross,
      returns: cells.returns,
      gross_lines: cells.grossLines,
      line_count: cells.lines,
      extra: {},
      source: 'test',
      digest: '',
      created_at: iso(now),
      updated_at: iso(now),
    })),
  );
  const owners = new Map([...data.order].map(([rowId, { contactId }]) => [rowId, contactId]));
  await db.query(
    `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, category, quantity, price)
     select contact_id, order_row_id, line_no, external_item_id, name, category, quantity, price
       from jsonb_populate_recordset(null::order_line, $1)`,
    [
      JSON.stringify(
        (data.lines ?? []).map((cells) => ({
          contact_id: owners.get(Number(cells.orderRowId)),
          order_row_id: cells.orderRowId,
          line_no: cells.lineNo,
          external_item_id: cells.externalItemId,
          name: cells.name,
          category: cells.category,
          quantity: cells.quantity,
          price: cells.price,
        })),
      ),
    ],
  );
  await fill(
    'membership',
    [...(data.membership ?? new Map<number, Record<string, Cell>>()).values()].map((cells) => ({
      contact_id: cells.contactId,
      list_id: cells.list,
      row_id: cells.rowId,
      state: cells.state,
      since: iso(cells.at),
      source: cells.source,
    })),
  );
  // One delivery per campaign and contact: the row id keeps the key unique.
  await fill(
    'delivery',
    [...data.delivery.values()].map((cells) => ({
      contact_id: cells.contactId,
      row_id: cells.rowId,
      id: `d${cells.rowId}`,
      campaign_id: `c${cells.rowId}`,
      state: 'sent',
      attempts: 1,
      created_at: iso(cells.at),
      sent_at: iso(cells.sentAt),
      opened_at: iso(cells.openedAt),
      machine_opened_at: iso(cells.machineOpenedAt),
      clicked_at: iso(cells.clickedAt),
    })),
  );
}

const entityOf = {
  contact: 'contact',
  contactPersonal: 'contact',
  contactField: 'contact',
  contactFieldPersonal: 'contact',
  order: 'order',
  orderLine: 'order',
  event: 'event',
  delivery: 'delivery',
  membership: 'membership',
} as const;
const viewTables = [
  'contact',
  'contactPersonal',
  'contactField',
  'contactFieldPersonal',
  'order',
  'orderLine',
  'event',
  'delivery',
  'membership',
] as const;

function rowsOfTable(data: SegmentData, table: (typeof viewTables)[number]): TailRow[] {
  if (table === 'orderLine') return (data.lines ?? []).map((cells) => ({ key: Number(cells.orderRowId), cells }));
  if (table !== 'contactField' && table !== 'contactFieldPersonal') {
    return [...(data[entityOf[table]] ?? [])].map(([key, cells]) => ({ key, cells }));
  }
  return [...data.contact.keys()].map((key) => {
    const cells: Record<string, Cell> = {};
    for (const { id, personal } of context.fields.values()) {
      const value = data.fields?.get(key)?.[id];
      if (value !== undefined && personal === tables[table].personal) cells[id] = cellOfStored(value);
    }
    return { key, cells };
  });
}

/**
 * The same rows as column parts: an old state in encoded chunks, and a tail that replaces some rows, deletes others and
 * adds more. A back end that looks at masked or dead rows answers wrongly.
 */
export function buildView(data: SegmentData, random: Random): ColumnView {
  const stale = randomData(random);
  const parts = new Map<TableName, TablePart[]>();
  const changed = {
    contact: new Set<number>(),
    order: new Set<number>(),
    event: new Set<number>(),
    delivery: new Set<number>(),
    membership: new Set<number>(),
  };
  for (const [entity, keys] of Object.entries(changed) as [keyof typeof changed, Set<number>][]) {
    for (const key of new Set([...(data[entity]?.keys() ?? []), ...(stale[entity]?.keys() ?? [])])) {
      const inBase = data[entity]?.has(key) === true && random(4) > 0;
      if (!inBase) keys.add(key);
    }
  }
  for (const table of viewTables) {
    const entity = entityOf[table];
    const base: TailRow[] = [];
    const tail: TailRow[] = [];
    for (const row of rowsOfTable(data, table)) (changed[entity].has(row.key) ? tail : base).push(row);
    for (const row of rowsOfTable(stale, table)) if (changed[entity].has(row.key)) base.push(row);
    const { span } = tables[table];
    const byChunk = Map.groupBy(base, ({ key }) => Math.floor(key / span));
    const chunks = [...byChunk].map(([index, rows]) => {
      const set: RowSet = columnsOf(table, rows);
      return maskPart(decodeChunk(encodeChunk(table, index, set)), changed[entity]);
    });
    parts.set(table, [...chunks, partFromRows(table, tail)]);
  }
  return { contactLimit: 65_600, parts: (table) => parts.get(table) ?? [] };
}

/** Texts a rule may ask for: pool texts, their folds, and pieces cut at code points. */
export function operands(): string[] {
  const pieces = texts.flatMap((text) => {
    const points = [...text];
    return [points.slice(1).join(''), points.slice(0, -1).join(''), text.toUpperCase()];
  });
  return [...new Set([...texts, ...texts.map(fold), ...pieces])].filter((text) => text !== '');
}
