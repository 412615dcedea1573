/**
 * Which rows of a part a condition on activity can count, in the order of its time. Kept per column, because columns
 * never change: masking (what a tail replaced) is checked by whoever reads the list.
 */
import type { DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { numberColumn, textColumn } from './column-access.ts';
import type { Bounds, ResolvedActivity } from './resolve.ts';

export type RowList = Uint16Array | Uint32Array;
export type Selection = { rows: RowList; at: NumberColumn };

const NO_ROWS = new Uint16Array(0);
const lists = new WeakMap<object, Map<string, RowList>>();

function cached(column: object, key: string, build: () => RowList): RowList {
  const known = lists.get(column) ?? new Map<string, RowList>();
  lists.set(column, known);
  const list = known.get(key) ?? build();
  known.set(key, list);
  return list;
}

/** The rows that carry the leaf's source and measure, in order of the time the leaf looks at. */
export function selectRows(part: TablePart, leaf: ResolvedActivity): Selection {
  const { source } = leaf;
  switch (source.table) {
    case 'event': {
      const at = numberColumn(part, 'at');
      const types = textColumn(part, 'type');
      const rows = cached(types, source.eventType, () => rowsWithText(part, types, source.eventType, at));
      return { rows, at };
    }
    case 'order': {
      const at = numberColumn(part, 'at');
      if ('currency' in leaf) {
        const currencies = textColumn(part, 'currency');
        const rows = cached(currencies, leaf.currency, () => rowsWithText(part, currencies, leaf.currency, at));
        return { rows, at };
      }
      // A pure return or credit note is no order: it has no gross line.
      const grossLines = numberColumn(part, 'grossLines');
      const rows = cached(grossLines, '', () =>
        inTimeOrder(part, at, (row) => !isEmpty(grossLines, row) && (grossLines.data[row] ?? 0) + grossLines.base > 0),
      );
      return { rows, at };
    }
    case 'delivery': {
      const at = numberColumn(part, `${source.state}At`);
      return { rows: cached(at, '', () => inTimeOrder(part, at, () => true)), at };
    }
    default:
      return assertUnreachable(source);
  }
}

/** The range [from, to) of a list in time order whose times lie in the period. */
export function rowsBetween(rows: RowList, at: NumberColumn, period: Bounds): [number, number] {
  return [
    period.from === null ? 0 : firstAtOrAfter(rows, at, period.from),
    period.to === null ? rows.length : firstAtOrAfter(rows, at, period.to),
  ];
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

function isEmpty({ data, empty }: NumberColumn, row: number): boolean {
  const raw = data[row] ?? Number.NaN;
  return raw === empty || Number.isNaN(raw);
}

/** Keys are compared as they are, not folded: 'Order' and 'order' are two types of event. */
function rowsWithText(part: TablePart, column: DictColumn, text: string, at: NumberColumn): RowList {
  const folded = column.match('is', fold(text));
  const code = folded.findIndex((flag, index) => flag === 1 && column.value(index) === text);
  if (code < 0) return NO_ROWS;
  const { codes } = column;
  return inTimeOrder(part, at, (row) => codes[row] === code);
}

/** Rows that pass and have a time, in order of time. Rows of a sorted part are so already when `at` is what it is sorted by. */
function inTimeOrder(part: TablePart, at: NumberColumn, pass: (row: number) => boolean): RowList {
  const found = part.rows <= 0x10000 ? new Uint16Array(part.rows) : new Uint32Array(part.rows);
  let count = 0;
  for (let row = 0; row < part.rows; row++) {
    if (part.live?.[row] !== 0 && pass(row) && !isEmpty(at, row)) found[count++] = row;
  }
  const list = found.slice(0, count);
  const { data } = at;
  let ordered = true;
  for (let index = 1; index < count && ordered; index++) {
    ordered = (data[list[index - 1] ?? 0] ?? 0) <= (data[list[index] ?? 0] ?? 0);
  }
  return ordered ? list : list.sort((a, b) => (data[a] ?? 0) - (data[b] ?? 0) || a - b);
}
