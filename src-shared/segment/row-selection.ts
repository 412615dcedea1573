/**
 * Which rows of a part a condition on activity can count. Kept per column, because columns never change: masking (what a
 * tail replaced) is checked by whoever reads the list.
 */
import type { DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { numberColumn, textColumn } from './column-access.ts';
import { parameterFilter } from './parameter-filter.ts';
import type { Bounds } from './periods.ts';
import type { ResolvedActivity } from './resolve.ts';
import type { EventSource } from './resolve-parameters.ts';

export type RowList = Uint16Array | Uint32Array;
/** `at` is the time a condition looks at, `first` and `last` the smallest and largest. The rows are in its order when `ordered`. */
export type Selection = { rows: RowList; at: NumberColumn; ordered: boolean; first: number; last: number };

const lists = new WeakMap<object, Map<string, Selection>>();

function kept(part: TablePart, column: object, key: string, at: NumberColumn, build: () => RowList): Selection {
  const known = lists.get(column) ?? new Map<string, Selection>();
  lists.set(column, known);
  const found = known.get(key);
  if (found) return found;
  const rows = build();
  const selection = part.sorted && at === part.columns.at ? orderedSelection(rows, at) : measuredSelection(rows, at);
  known.set(key, selection);
  return selection;
}

function orderedSelection(rows: RowList, at: NumberColumn): Selection {
  const timeOf = (index: number) => (at.data[rows[index] ?? 0] ?? 0) + at.base;
  return { rows, at, ordered: true, first: timeOf(0), last: timeOf(rows.length - 1) };
}

function measuredSelection(rows: RowList, at: NumberColumn): Selection {
  const { data, base } = at;
  let ordered = true;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < rows.length; index++) {
    const time = data[rows[index] ?? 0] ?? 0;
    if (time < last) ordered = false;
    else last = time;
    if (time < first) first = time;
  }
  return { rows, at, ordered, first: first + base, last: last + base };
}

/** The rows that carry the leaf's source and measure, and have the time it looks at. */
export function selectRows(part: TablePart, leaf: ResolvedActivity): Selection {
  const { source } = leaf;
  switch (source.table) {
    case 'event':
      return selectEvents(part, source);
    case 'order': {
      if ('currency' in leaf) return rowsWithText(part, 'currency', leaf.currency);
      // A pure return or credit note is no order: it has no gross line.
      const at = numberColumn(part, 'at');
      const grossLines = numberColumn(part, 'grossLines');
      return kept(part, grossLines, '', at, () => rowsAbove(grossLines, 0, at));
    }
    case 'delivery': {
      const at = numberColumn(part, `${source.state}At`);
      return kept(part, at, '', at, () => rowsAbove(at, Number.NEGATIVE_INFINITY, at));
    }
    default:
      return assertUnreachable(source);
  }
}

/** Events of a type whose parameters pass. */
export function selectEvents(part: TablePart, source: EventSource): Selection {
  const all = rowsWithText(part, 'type', source.eventType);
  return source.where.length === 0 ? all : rowsWhere(part, all, source);
}

/** Some rows of a part as a selection by its own time. They are in the part's order. */
export function selectionOf(part: TablePart, rows: RowList): Selection {
  const at = numberColumn(part, 'at');
  return part.sorted ? orderedSelection(rows, at) : measuredSelection(rows, at);
}

/** The rows of a selection whose times lie in the period: a list and the range [from, to) of it. */
export function rowsWithin(selection: Selection, period: Bounds): { rows: RowList; from: number; to: number } {
  const { rows, at, ordered, first, last } = selection;
  const isOpenBelow = period.from === null || period.from <= first;
  const isOpenAbove = period.to === null || period.to > last;
  if (isOpenBelow && isOpenAbove) return { rows, from: 0, to: rows.length };
  if ((period.from !== null && period.from > last) || (period.to !== null && period.to <= first)) {
    return { rows, from: 0, to: 0 };
  }
  if (ordered) {
    return {
      rows,
      from: period.from === null ? 0 : firstAtOrAfter(rows, at, period.from),
      to: period.to === null ? rows.length : firstAtOrAfter(rows, at, period.to),
    };
  }
  const { data, base } = at;
  const low = (period.from ?? Number.NEGATIVE_INFINITY) - base;
  const high = (period.to ?? Number.POSITIVE_INFINITY) - base;
  const inside = rows.slice();
  let count = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const time = data[row] ?? Number.NaN;
    if (time >= low && time < high) inside[count++] = row;
  }
  return { rows: inside, from: 0, to: count };
}

function firstAtOrAfter(rows: RowList, { data, base }: NumberColumn, bound: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((data[rows[middle] ?? 0] ?? 0) + base < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keys are compared as they are, not folded: 'Order' and 'order' are two types of event. */
function rowsWithText(part: TablePart, name: string, text: string): Selection {
  const at = numberColumn(part, 'at');
  const column = textColumn(part, name);
  return kept(part, column, text, at, () => {
    const folded = column.match('is', fold(text));
    const code = folded.findIndex((flag, index) => flag === 1 && column.value(index) === text);
    return code < 0 ? new Uint16Array(0) : rowsOfCode(column, code, at);
  });
}

/** Those of a type's rows whose parameters pass. */
function rowsWhere(part: TablePart, { rows, at }: Selection, source: EventSource): Selection {
  const type = textColumn(part, 'type');
  const key = JSON.stringify(source);
  const known = recent.get(type) ?? [];
  const found = known.find((one) => one.key === key);
  if (found) return found.selection;
  const passes = parameterFilter(part, source.where);
  const passing = passes ? rows.filter(passes) : new Uint16Array(0);
  const selection = at === part.columns.at ? selectionOf(part, passing) : measuredSelection(passing, at);
  recent.set(type, [{ key, selection }, ...known].slice(0, MOST_RECENT));
  return selection;
}

/** Conditions on parameters are typed letter by letter: only the latest are kept. */
const recent = new WeakMap<object, { key: string; selection: Selection }[]>();
const MOST_RECENT = 3;

/** Reused, because a fresh list as long as a part costs more than finding the rows. */
const scratch = new Uint16Array(0x10000 + 1);

function scratchFor(rows: number): RowList {
  return rows < scratch.length ? scratch : new Uint32Array(rows + 1);
}

// Both loops write every row and move on only past those that pass: a branch that is taken at random costs several times more.

function rowsOfCode({ codes }: DictColumn, code: number, at: NumberColumn): RowList {
  const found = scratchFor(codes.length);
  let count = 0;
  for (let row = 0; row < codes.length; row++) {
    found[count] = row;
    count += Number(codes[row] === code);
  }
  return withTime(found.slice(0, count), at);
}

/** Rows with a number above a limit. */
function rowsAbove({ data, base, empty }: NumberColumn, limit: number, at: NumberColumn): RowList {
  const found = scratchFor(data.length);
  let count = 0;
  for (let row = 0; row < data.length; row++) {
    const raw = data[row] ?? Number.NaN;
    found[count] = row;
    count += Number(raw + base > limit && raw !== empty);
  }
  return withTime(found.slice(0, count), at);
}

/** Leaves out the rows without a time. */
function withTime(rows: RowList, { data, empty }: NumberColumn): RowList {
  if (empty === null) return rows;
  return rows.filter((row) => data[row] !== empty && !Number.isNaN(data[row]));
}
