/** The benchmark shop as column parts, in the forms the chunk format gives: parts of 65,536 rows, narrow codes, based instants. */
import { buildDictionary, dictColumn } from '#shared/columns/dictionary.ts';
import { type TableName, tables } from '#shared/columns/tables.ts';
import type { Column, ColumnView, TablePart } from '#shared/columns/view.ts';
import { countries, emailOf, emailStates, eventTypes, firstNames, type ShopData, towns } from './shop-data.ts';

const SPAN = 65_536;

function texts(cells: (string | null)[]): Column {
  const { codes, size, values, folded } = buildDictionary(cells);
  return dictColumn(codes, size, () => values, values === folded ? null : () => folded);
}

function ids(data: Uint32Array): Column {
  return { type: 'number', data, base: 0, empty: null };
}

function floats(data: Float64Array): Column {
  return { type: 'number', data, base: 0, empty: Number.NaN };
}

function times(at: Float64Array): Column {
  const base = at[0] ?? 0;
  return { type: 'number', data: Uint32Array.from(at, (time) => time - base), base, empty: null };
}

function choice(codes: Uint8Array, values: readonly string[]): Column {
  const cells: string[] = [];
  for (const code of codes) cells.push(values[code] ?? '');
  return texts(cells);
}

const brandColumn = (contacts: Uint32Array, { from, to }: Slice): Column =>
  texts(Array.from({ length: to - from }, (_, row) => brandOf(from + row, contacts[from + row] ?? 0)));

type Slice = { from: number; to: number };

function cut(rows: number): Slice[] {
  const slices: Slice[] = [];
  for (let from = 0; from < rows; from += SPAN) slices.push({ from, to: Math.min(rows, from + SPAN) });
  return slices;
}

function contactPart(shop: ShopData, table: 'contact' | 'contactPersonal', { from, to }: Slice): TablePart {
  const rows = to - from;
  const live = new Uint8Array(rows).fill(1);
  if (from === 0) live[0] = 0;
  const cells = (make: (id: number) => string | null) =>
    texts(Array.from({ length: rows }, (_, row) => (live[row] === 1 ? make(from + row) : null)));
  const columns: Record<string, Column> = {};
  for (const name of Object.keys(tables[table].columns)) columns[name] = texts(new Array<null>(rows).fill(null));
  if (table === 'contact') {
    columns.country = cells((id) => countries[shop.country[id] ?? 0] ?? null);
    columns.emailStatus = cells((id) => emailStates[shop.emailState[id] ?? 0] ?? null);
    columns.createdAt = floats(shop.createdAt.slice(from, to));
  } else {
    columns.email = cells((id) => emailOf(shop, id));
    columns.firstName = cells((id) => firstNames[shop.firstName[id] ?? 0] ?? null);
    columns.town = cells((id) => towns[shop.town[id] ?? 0] ?? null);
  }
  return { rows, keys: null, first: from, columns, live, masked: null, minAt: null, maxAt: null, sorted: false };
}

function activityPart(at: Float64Array, { from, to }: Slice, columns: Record<string, Column>): TablePart {
  const rows = to - from;
  const keys = Uint32Array.from({ length: rows }, (_, row) => from + row + 1);
  const minAt = at[from] ?? null;
  const maxAt = at[to - 1] ?? null;
  return {
    rows,
    keys,
    first: 0,
    columns: { rowId: ids(keys), ...columns },
    live: null,
    masked: null,
    minAt,
    maxAt,
    sorted: true,
  };
}

/** Of a shop with 40 of them: the row and the contact decide which. */
const brandOf = (row: number, contactId: number) => `Brand ${(contactId * 7 + ((row * 2_654_435_761) >>> 29)) % 40}`;

/** Only the columns that rules look at are filled. `brands`: events have a brand as their first text. */
export function viewOf(shop: ShopData, { brands = false } = {}): ColumnView {
  const { events, orders, deliveries } = shop;
  const base = (table: { contactId: Uint32Array; at: Float64Array }, { from, to }: Slice) => ({
    contactId: ids(table.contactId.slice(from, to)),
    at: times(table.at.slice(from, to)),
  });
  const people = cut(shop.contacts + 1);
  const parts = new Map<TableName, TablePart[]>([
    ['contact', people.map((slice) => contactPart(shop, 'contact', slice))],
    ['contactPersonal', people.map((slice) => contactPart(shop, 'contactPersonal', slice))],
    [
      'event',
      cut(events.at.length).map((slice) =>
        activityPart(events.at, slice, {
          ...base(events, slice),
          type: choice(events.type.subarray(slice.from, slice.to), eventTypes),
          ...(brands ? { text0: brandColumn(events.contactId, slice) } : {}),
        }),
      ),
    ],
    [
      'order',
      cut(orders.at.length).map((slice) =>
        activityPart(orders.at, slice, {
          ...base(orders, slice),
          currency: texts(new Array<string>(slice.to - slice.from).fill('GBP')),
          status: texts(new Array<string>(slice.to - slice.from).fill('DELIVERED')),
          gross: floats(orders.gross.slice(slice.from, slice.to)),
          returns: floats(orders.returns.slice(slice.from, slice.to)),
          grossLines: ids(new Uint32Array(slice.to - slice.from).fill(1)),
        }),
      ),
    ],
    [
      'delivery',
      cut(deliveries.at.length).map((slice) =>
        activityPart(deliveries.at, slice, {
          ...base(deliveries, slice),
          openedAt: floats(deliveries.openedAt.slice(slice.from, slice.to)),
          clickedAt: floats(deliveries.clickedAt.slice(slice.from, slice.to)),
        }),
      ),
    ],
  ]);
  return { contactLimit: shop.contacts + 1, parts: (table) => parts.get(table) ?? [] };
}
