/**
 * Orders of all contacts. Texts sort by their folded form (code units), numbers by value, empty cells come last both ways,
 * and equals keep the order of their ids.
 */
import { keyAt } from '#shared/columns/rows.ts';
import type { DictColumn, TablePart } from '#shared/columns/view.ts';
import { counts, numbersOf, textsOf, valueAt } from './access.ts';

/** A rank per contact id: equal values share one; 0 = empty. */
export type Ranks = { ranks: Uint32Array; highest: number };

/** Ranks of a text column over several parts: their dictionaries are sorted already, so merging them is enough. */
export function rankTexts(parts: readonly TablePart[], field: string, limit: number): Ranks {
  const columns = parts.map((part) => textsOf(part, field));
  const { byPart, highest } = mergeDictionaries(columns);
  const ranks = new Uint32Array(limit);
  parts.forEach((part, index) => {
    const rankOfCode = byPart[index];
    const codes = columns[index]?.codes;
    if (!rankOfCode || !codes) return;
    for (let row = 0; row < part.rows; row++) {
      if (counts(part, row)) ranks[keyAt(part, row)] = rankOfCode[codes[row] ?? 0] ?? 0;
    }
  });
  return { ranks, highest };
}

/** For each dictionary the rank of each of its codes among the folded texts of all. */
function mergeDictionaries(columns: readonly DictColumn[]): { byPart: Uint32Array[]; highest: number } {
  const byPart = columns.map((column) => new Uint32Array(column.size + 1));
  const next = columns.map(() => 1);
  const heads = columns.map((column) => (column.size >= 1 ? column.folded(1) : null));
  let highest = 0;
  let last: string | null = null;
  for (;;) {
    let least = -1;
    let text: string | null = null;
    for (let index = 0; index < heads.length; index++) {
      const head = heads[index];
      if (head !== null && head !== undefined && (text === null || head < text)) {
        text = head;
        least = index;
      }
    }
    const column = columns[least];
    const ranks = byPart[least];
    const code = next[least];
    if (text === null || !column || !ranks || code === undefined) return { byPart, highest };
    if (text !== last) highest++;
    last = text;
    ranks[code] = highest;
    next[least] = code + 1;
    heads[least] = code < column.size ? column.folded(code + 1) : null;
  }
}

/** Value of a number column per contact id; NaN where it is empty. */
export function spreadNumbers(parts: readonly TablePart[], field: string, limit: number): Float64Array {
  const values = new Float64Array(limit).fill(Number.NaN);
  for (const part of parts) {
    const column = numbersOf(part, field);
    for (let row = 0; row < part.rows; row++) if (counts(part, row)) values[keyAt(part, row)] = valueAt(column, row);
  }
  return values;
}

/** Ranks of numbers; NaN is empty. */
export function rankNumbers(values: Float64Array, ids: Uint32Array): Ranks {
  const ranks = new Uint32Array(values.length);
  // Sorting the distinct values natively and looking each up beats a comparator over ids several times.
  const sorted = new Float64Array(ids.length);
  let count = 0;
  for (const id of ids) {
    const value = values[id] ?? Number.NaN;
    if (!Number.isNaN(value)) sorted[count++] = value + 0;
  }
  const used = sorted.subarray(0, count).sort();
  let highest = 0;
  for (let index = 0; index < count; index++) {
    const value = used[index] ?? 0;
    if (highest === 0 || value !== used[highest - 1]) used[highest++] = value;
  }
  const distinct = used.subarray(0, highest);
  for (const id of ids) {
    const value = values[id] ?? Number.NaN;
    if (!Number.isNaN(value)) ranks[id] = firstAtLeast(distinct, value) + 1;
  }
  return { ranks, highest };
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The given ids in the order of their ranks. A counting sort: linear, and it keeps equals in the order of their ids. */
export function orderByRank(ids: Uint32Array, { ranks, highest }: Ranks, descending: boolean): Uint32Array {
  const empties = highest + 1;
  const slotOf = (rank: number) => (rank === 0 ? empties : descending ? highest - rank + 1 : rank);
  const starts = new Uint32Array(highest + 3);
  for (const id of ids) {
    const slot = slotOf(ranks[id] ?? 0) + 1;
    starts[slot] = (starts[slot] ?? 0) + 1;
  }
  for (let slot = 1; slot < starts.length; slot++) starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
  const ordered = new Uint32Array(ids.length);
  for (const id of ids) {
    const slot = slotOf(ranks[id] ?? 0);
    const at = starts[slot] ?? 0;
    ordered[at] = id;
    starts[slot] = at + 1;
  }
  return ordered;
}
