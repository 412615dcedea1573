/** The rows a computed field looks at, part by part: whose each is, when it was, and its value. */
import type { ColumnView, DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { numberColumn, textColumn } from './column-access.ts';
import type { ResolvedComputed, ResolvedValue } from './resolve-computed.ts';
import { type RowList, rowsWithin, selectEvents, selectionOf } from './row-selection.ts';

/** Rows of one part that count and have a value. The arrays may be longer, and are reused for the next part. */
export type Batch = {
  length: number;
  contacts: Uint32Array;
  /** Numbers in 1/10,000, numbers of texts (see Texts), or instants; nothing when rows are counted. */
  values: Float64Array;
  /** Epoch ms. Only where it was asked for, as `keys`. */
  times: Float64Array;
  /** Tells rows of one instant apart, in the order in which they were made. */
  keys: Float64Array;
};

/** A number of an event beyond this is no value: sums stay exact. */
export const LARGEST_NUMBER = 1e11;
/** Lines of one order that are told apart. */
export const MOST_LINES = 2 ** 20;

/** Distinct texts of all parts, numbered from 1 as they come. */
export class Texts {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Numbers of a column's codes; NaN for the empty cell and the empty text. */
  numbersOf(column: DictColumn): Float64Array {
    const numbers = new Float64Array(column.size + 1).fill(Number.NaN);
    for (let code = 1; code <= column.size; code++) {
      const text = column.value(code);
      if (text !== '') numbers[code] = this.#number(text);
    }
    return numbers;
  }

  #number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.all.push(text);
    this.#numbers.set(text, number);
    return number;
  }
}

/** Rows being looked at: who and where first, then what. */
class Rows implements Batch {
  length = 0;
  rows = new Uint32Array(0);
  contacts = new Uint32Array(0);
  values = new Float64Array(0);
  times = new Float64Array(0);
  keys = new Float64Array(0);

  clear(size: number): void {
    this.length = 0;
    if (this.rows.length >= size) return;
    this.rows = new Uint32Array(size);
    this.contacts = new Uint32Array(size);
    this.values = new Float64Array(size);
    this.times = new Float64Array(size);
    this.keys = new Float64Array(size);
  }
}

/** Calls back for each part with rows that count; pauses after each part. */
export function* eachBatch(
  computed: ResolvedComputed,
  view: ColumnView,
  options: { texts: Texts; timed: boolean; take: (batch: Batch) => void },
): Steps<void> {
  const { rows: source, period } = computed;
  if (source === null) return;
  const { texts, timed, take } = options;
  const value = 'value' in computed ? computed.value : null;
  const isLine = source.table === 'orderLine';
  const owners = isLine ? ownersOfOrders(computed, source.statuses, view) : null;
  const found = new Rows();
  for (const part of view.parts(source.table)) {
    const selected =
      source.table === 'event'
        ? selectEvents(part, source)
        : selectionOf(part, isLine ? lineRows(part) : orderRows(part, computed, source.statuses));
    const { rows, from, to } = rowsWithin(selected, period);
    if (from < to) {
      found.clear(to - from);
      fillOwners(found, part, { rows, from, to }, owners, view.contactLimit);
      if (value) fillValues(found, part, value, texts);
      if (timed) fillTimes(found, part, isLine);
      if (found.length > 0) take(found);
    }
    yield;
  }
}

/** Whose the rows are; leaves out what something newer replaced, and rows of nobody known. */
function fillOwners(
  found: Rows,
  part: TablePart,
  { rows, from, to }: { rows: RowList; from: number; to: number },
  owners: Uint32Array | null,
  limit: number,
): void {
  const { masked } = part;
  const { data, base } = numberColumn(part, owners ? 'orderRowId' : 'contactId');
  const { rows: kept, contacts } = found;
  let count = 0;
  for (let index = from; index < to; index++) {
    const row = rows[index] ?? 0;
    if (masked !== null && masked[row] === 1) continue;
    const named = (data[row] ?? 0) + base;
    const id = owners === null ? named : (owners[named] ?? 0);
    if (id === 0 || id >= limit) continue;
    kept[count] = row;
    contacts[count++] = id;
  }
  found.length = count;
}

/** Their values; rows without one are left out. */
function fillValues(found: Rows, part: TablePart, value: ResolvedValue, texts: Texts): void {
  if (value.kind === 'time') {
    fillNumbers(found, numberColumn(part, 'at'), 1, Number.POSITIVE_INFINITY);
    return;
  }
  if (value.column === 'net') {
    fillNet(found, numberColumn(part, 'gross'), numberColumn(part, 'returns'));
    return;
  }
  const column = part.columns[value.column];
  if (value.kind === 'number' && column?.type === 'number') {
    fillNumbers(found, column, value.scale, value.scale === 10_000 ? LARGEST_NUMBER : Number.POSITIVE_INFINITY);
  } else if (value.kind === 'text' && column?.type === 'dict') fillTexts(found, column, texts);
  else found.length = 0;
}

function fillNumbers(found: Rows, { data, base, empty }: NumberColumn, scale: number, largest: number): void {
  const { rows, contacts, values } = found;
  let count = 0;
  for (let index = 0; index < found.length; index++) {
    const row = rows[index] ?? 0;
    const raw = data[row] ?? Number.NaN;
    const number = raw + base;
    if (raw === empty || !(Math.abs(number) <= largest)) continue;
    rows[count] = row;
    contacts[count] = contacts[index] ?? 0;
    // Whole numbers only: they add up to the same in any order, here and in SQL.
    values[count++] = scale === 1 ? number : Math.floor(number * scale + 0.5);
  }
  found.length = count;
}

function fillNet(found: Rows, gross: NumberColumn, returns: NumberColumn): void {
  const { rows, values, length } = found;
  for (let index = 0; index < length; index++) {
    const row = rows[index] ?? 0;
    values[index] = (gross.data[row] ?? 0) + gross.base - (returns.data[row] ?? 0) - returns.base;
  }
}

function fillTexts(found: Rows, column: DictColumn, texts: Texts): void {
  const numbers = texts.numbersOf(column);
  const { rows, contacts, values } = found;
  let count = 0;
  for (let index = 0; index < found.length; index++) {
    const row = rows[index] ?? 0;
    const number = numbers[column.codes[row] ?? 0] ?? Number.NaN;
    if (Number.isNaN(number)) continue;
    rows[count] = row;
    contacts[count] = contacts[index] ?? 0;
    values[count++] = number;
  }
  found.length = count;
}

function fillTimes(found: Rows, part: TablePart, isLine: boolean): void {
  const at = numberColumn(part, 'at');
  const key = numberColumn(part, isLine ? 'orderRowId' : 'rowId');
  const line = isLine ? numberColumn(part, 'lineNo') : null;
  const { rows, times, keys, length } = found;
  for (let index = 0; index < length; index++) {
    const row = rows[index] ?? 0;
    times[index] = (at.data[row] ?? 0) + at.base;
    const made = (key.data[row] ?? 0) + key.base;
    keys[index] = line === null ? made : made * MOST_LINES + (line.data[row] ?? 0) + line.base;
  }
}

/**
 * Orders that count: of the given statuses; of none in particular those with a gross line, as in reports. Amounts are added
 * of every order (a pure return lowers them) in the workspace's currency.
 */
function orderRows(part: TablePart, computed: ResolvedComputed, statuses: readonly string[]): RowList {
  const currency = 'value' in computed && computed.value.kind === 'number' ? computed.value.currency : null;
  const anyLines = statuses.length > 0 || (computed.aggregate === 'sum' && computed.rows?.table === 'order');
  const status = statuses.length > 0 ? flagsOf(textColumn(part, 'status'), statuses) : null;
  const money = currency === null ? null : flagsOf(textColumn(part, 'currency'), [currency]);
  const grossLines = numberColumn(part, 'grossLines');
  const statusCodes = textColumn(part, 'status').codes;
  const moneyCodes = textColumn(part, 'currency').codes;
  const found = new Uint32Array(part.rows);
  let count = 0;
  for (let row = 0; row < part.rows; row++) {
    if (!anyLines && (grossLines.data[row] ?? 0) + grossLines.base <= 0) continue;
    if (status !== null && status[statusCodes[row] ?? 0] !== 1) continue;
    if (money !== null && money[moneyCodes[row] ?? 0] !== 1) continue;
    found[count++] = row;
  }
  return found.subarray(0, count);
}

/** What was bought: a return has a negative quantity, a discount a negative price. */
function lineRows(part: TablePart): RowList {
  const quantity = numberColumn(part, 'quantity');
  const price = numberColumn(part, 'price');
  const found = new Uint32Array(part.rows);
  let count = 0;
  for (let row = 0; row < part.rows; row++) {
    if ((quantity.data[row] ?? 0) + quantity.base > 0 && (price.data[row] ?? 0) + price.base > 0) found[count++] = row;
  }
  return found.subarray(0, count);
}

/** By order, whose its lines are; 0 for orders that do not count. */
function ownersOfOrders(computed: ResolvedComputed, statuses: readonly string[], view: ColumnView): Uint32Array {
  const parts = view.parts('order');
  let limit = 1;
  for (const { keys } of parts) if (keys) for (const key of keys) if (key >= limit) limit = key + 1;
  const owners = new Uint32Array(limit);
  for (const part of parts) {
    const { data, base } = numberColumn(part, 'contactId');
    for (const row of orderRows(part, computed, statuses)) {
      if (part.masked?.[row] !== 1) owners[part.keys?.[row] ?? 0] = (data[row] ?? 0) + base;
    }
  }
  return owners;
}

/** Flags of the codes of these texts, compared as they are. */
function flagsOf(column: DictColumn, texts: readonly string[]): Uint8Array {
  const flags = new Uint8Array(column.size + 1);
  for (let code = 1; code <= column.size; code++) if (texts.includes(column.value(code))) flags[code] = 1;
  return flags;
}
