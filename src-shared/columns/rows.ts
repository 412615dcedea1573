import { assert } from '#shared/kernel/assert.ts';
import { buildDictionary, type Dictionary, dictColumn, textAt } from './dictionary.ts';
import { numberAt, packNumbers } from './numbers.ts';
import { type Cell, type ColumnKind, type TableName, type TableSpec, type TailRow, tables } from './tables.ts';
import type { Column, NumberColumn, TablePart } from './view.ts';

/** Rows of one table, column by column: what the chunk builder reads from SQL. `keys` are what changes name (see TableSpec.owner). */
export type RowSet = { keys: readonly number[]; cells: Readonly<Record<string, readonly Cell[]>> };

/** A column before it is written out or viewed. */
export type PackedColumn = NumberColumn | (Dictionary & { type: 'dict' });

export type PackedRows = {
  rows: number;
  keys: Uint32Array;
  columns: Record<string, PackedColumn>;
  minAt: number | null;
  maxAt: number | null;
  sorted: boolean;
};

export const specOf = (table: TableName): TableSpec => tables[table];

const isText = (kind: ColumnKind) => kind === 'text' || kind === 'choice';

/** In one order, whatever order the rows name them in: equal rows give equal bytes. */
const namesIn = (rows: readonly TailRow[]): string[] =>
  [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))].sort();

/** Kind of a column that only its cells tell; null when they tell nothing. */
function kindOfCells(cells: readonly Cell[]): 'text' | 'number' | null {
  const first = cells.find((cell) => cell !== null);
  return first === undefined ? null : typeof first === 'string' ? 'text' : 'number';
}

/** Columns a set may have besides those every part of the table has. */
function optionalOf(spec: TableSpec, set: RowSet): Record<string, ColumnKind> {
  if (!spec.open) return { ...spec.optional };
  const kinds: Record<string, ColumnKind> = {};
  for (const name of Object.keys(set.cells).sort()) kinds[name] = kindOfCells(set.cells[name] ?? []) ?? 'text';
  return kinds;
}

/** Turns rows into columns. */
export function columnsOf(table: TableName, rows: readonly TailRow[]): RowSet {
  const cells: Record<string, Cell[]> = {};
  const { columns, optional = {}, open } = specOf(table);
  for (const name of Object.keys(columns)) cells[name] = rows.map((row) => row.cells[name] ?? null);
  for (const name of open ? namesIn(rows) : Object.keys(optional)) {
    if (rows.some((row) => row.cells[name] != null)) cells[name] = rows.map((row) => row.cells[name] ?? null);
  }
  return { keys: rows.map((row) => row.key), cells };
}

/** Rows by time, then key, then as they came; most sets come in that order already, so that is looked at first. */
function orderOf(keys: readonly number[], times: Float64Array | null): number[] {
  const compare = (a: number, b: number): number =>
    (times ? (times[a] ?? 0) - (times[b] ?? 0) : 0) || (keys[a] ?? 0) - (keys[b] ?? 0) || a - b;
  const order = keys.map((_, row) => row);
  return order.every((row) => row === 0 || compare(row - 1, row) <= 0) ? order : order.sort(compare);
}

/** Orders rows (by time then key, or by key) and packs their columns. */
export function packRows(table: TableName, set: RowSet): PackedRows {
  const spec = specOf(table);
  const times = spec.time === null ? null : Float64Array.from(set.cells[spec.time] ?? [], Number);
  const order = orderOf(set.keys, times);
  const columns: Record<string, PackedColumn> = {};
  for (const [name, kind] of Object.entries({ ...spec.columns, ...optionalOf(spec, set) })) {
    const source = set.cells[name];
    if (!(name in spec.columns) && (!source || source.every((cell) => cell === null))) continue;
    assert(source?.length === set.keys.length, `column ${table}.${name} has a cell for every row`);
    const cells = order.map((row) => source[row] ?? null);
    columns[name] = isText(kind) ? { type: 'dict', ...buildDictionary(cells) } : packNumbers(cells);
  }
  const first = order[0];
  const last = order.at(-1);
  return {
    rows: order.length,
    keys: Uint32Array.from(order, (row) => set.keys[row] ?? 0),
    columns,
    minAt: first === undefined ? null : (times?.[first] ?? null),
    maxAt: last === undefined ? null : (times?.[last] ?? null),
    sorted: times !== null,
  };
}

/** A part made of loose rows: a tail, or rows with one's own unsent edits on them. */
export function partFromRows(table: TableName, rows: readonly TailRow[]): TablePart {
  const packed = packRows(table, columnsOf(table, rows));
  const columns: Record<string, Column> = {};
  for (const [name, column] of Object.entries(packed.columns)) {
    if (column.type === 'number') columns[name] = column;
    else {
      const { values, folded } = column;
      columns[name] = dictColumn(column.codes, column.size, () => values, values === folded ? null : () => folded);
    }
  }
  const { minAt, maxAt, sorted } = packed;
  return { rows: packed.rows, keys: packed.keys, first: 0, columns, live: null, masked: null, minAt, maxAt, sorted };
}

/** Key of a row, as changes name it. */
export function keyAt(part: TablePart, row: number): number {
  return part.keys ? (part.keys[row] ?? 0) : part.first + row;
}

/** Whether a row counts: it exists and nothing newer replaced it. */
export function isVisible(part: TablePart, row: number): boolean {
  return part.live?.[row] !== 0 && part.masked?.[row] !== 1;
}

/** Cell of a row, as in a tail answer. For loops over many rows read the column's arrays directly. */
export function cellAt(column: Column, row: number): Cell {
  return column.type === 'number' ? numberAt(column, row) : textAt(column, row);
}

/** Rows of a part that count, in its order. For tests, exports and small parts. */
export function rowsOf(part: TablePart): TailRow[] {
  const found: TailRow[] = [];
  for (let row = 0; row < part.rows; row++) {
    if (!isVisible(part, row)) continue;
    const cells: Record<string, Cell> = {};
    for (const [name, column] of Object.entries(part.columns)) cells[name] = cellAt(column, row);
    found.push({ key: keyAt(part, row), cells });
  }
  return found;
}

const keyRanges = new WeakMap<Uint32Array, { min: number; max: number }>();

function keyRange(keys: Uint32Array): { min: number; max: number } {
  let range = keyRanges.get(keys);
  if (!range) {
    range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
    for (const key of keys) {
      if (key < range.min) range.min = key;
      if (key > range.max) range.max = key;
    }
    keyRanges.set(keys, range);
  }
  return range;
}

/**
 * The part with the rows of `changed` keys masked (besides those masked already); the same part when it holds none.
 * Columns are shared, so masking anew after every tail is cheap.
 */
export function maskPart(part: TablePart, changed: ReadonlySet<number>): TablePart {
  const { keys, first } = part;
  const range = keys ? keyRange(keys) : { min: first, max: first + part.rows - 1 };
  const near: number[] = [];
  for (const key of changed) if (key >= range.min && key <= range.max) near.push(key);
  if (near.length === 0) return part;
  const masked = part.masked ? part.masked.slice() : new Uint8Array(part.rows);
  let hits = 0;
  if (keys) {
    const wanted = new Set(near);
    for (let row = 0; row < keys.length; row++) {
      if (wanted.has(keys[row] ?? 0)) {
        masked[row] = 1;
        hits++;
      }
    }
  } else {
    for (const key of near) masked[key - first] = 1;
    hits = near.length;
  }
  return hits === 0 ? part : { ...part, masked };
}
