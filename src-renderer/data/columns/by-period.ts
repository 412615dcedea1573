/** Rows laid out over periods of time, whatever the report: which rows count is the caller's, the order of the work is here. */
import type { DictColumn, TablePart } from '#shared/columns/view.ts';
import type { Period } from '#shared/kernel/time.ts';
import { counts, numbersOf, valueAt } from './access.ts';

/** Rows whose cell of a text column is one text: what most reports are about. Plain arrays, because they are read row by row. */
export type Picked = { codes: DictColumn['codes']; code: number };
/** Which rows of a part count; null when none does. */
export type PickRows = (part: TablePart) => Picked | null;

/** Periods that follow each other without a gap, and the half-open bounds that cut the first and the last. */
export type Covered = { periods: readonly Period[]; from: number; to: number };

/** Calls back for each visible row that counts and lies within the bounds, with the index of its period. */
export function eachInPeriods(
  parts: readonly TablePart[],
  covered: Covered,
  pick: PickRows,
  visit: (part: TablePart) => (row: number, period: number) => void,
): void {
  const { periods, from, to } = covered;
  for (const part of parts) {
    if (part.minAt === null || part.maxAt === null || part.minAt >= to || part.maxAt < from) continue;
    const picked = pick(part);
    if (!picked) continue;
    const { codes, code } = picked;
    const at = numbersOf(part, 'at');
    const take = visit(part);
    let period = 0;
    for (let row = 0; row < part.rows; row++) {
      const time = valueAt(at, row);
      if (codes[row] !== code || !(time >= from && time < to) || !counts(part, row)) continue;
      period = periodAt(periods, time, period);
      take(row, period);
    }
  }
}

/** First and last instant of the rows that count; null when there are none. */
export function reachOf(parts: readonly TablePart[], pick: PickRows): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const picked = pick(part);
    if (!picked) continue;
    const { codes, code } = picked;
    const at = numbersOf(part, 'at');
    const isOne = (row: number) => codes[row] === code && counts(part, row);
    // Rows are in the order of time: the first and the last that count are enough.
    let first = 0;
    while (first < part.rows && !isOne(first)) first++;
    if (first === part.rows) continue;
    let last = part.rows - 1;
    while (!isOne(last)) last--;
    from = Math.min(from, valueAt(at, first));
    to = Math.max(to, valueAt(at, last));
  }
  return from <= to ? { from, to } : null;
}

/** Who did something in which period, as they are found. */
export class WhoByPeriod {
  #period = new Uint32Array(1_024);
  #contact = new Uint32Array(1_024);
  #size = 0;

  add(period: number, contact: number): void {
    if (this.#size === this.#period.length) {
      this.#period = grown(this.#period);
      this.#contact = grown(this.#contact);
    }
    this.#period[this.#size] = period;
    this.#contact[this.#size++] = contact;
  }

  /** How many different contacts each period has, and all together. Linear: they are laid out period by period first. */
  distinct(periodCount: number): { byPeriod: Uint32Array; total: number } {
    const starts = new Uint32Array(periodCount + 1);
    for (let at = 0; at < this.#size; at++) {
      const slot = (this.#period[at] ?? 0) + 1;
      starts[slot] = (starts[slot] ?? 0) + 1;
    }
    for (let slot = 1; slot <= periodCount; slot++) starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
    const next = starts.slice();
    const contacts = new Uint32Array(this.#size);
    let highest = 0;
    for (let at = 0; at < this.#size; at++) {
      const period = this.#period[at] ?? 0;
      const contact = this.#contact[at] ?? 0;
      const place = next[period] ?? 0;
      contacts[place] = contact;
      next[period] = place + 1;
      if (contact > highest) highest = contact;
    }
    // The period a contact was last counted in, plus one.
    const counted = new Uint32Array(highest + 1);
    const byPeriod = new Uint32Array(periodCount);
    let total = 0;
    for (let period = 0; period < periodCount; period++) {
      const end = starts[period + 1] ?? 0;
      for (let at = starts[period] ?? 0; at < end; at++) {
        const contact = contacts[at] ?? 0;
        const before = counted[contact];
        if (before === period + 1) continue;
        if (before === 0) total++;
        counted[contact] = period + 1;
        byPeriod[period] = (byPeriod[period] ?? 0) + 1;
      }
    }
    return { byPeriod, total };
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Index of the period that holds an instant. Rows come in time order, so the last one is tried first. */
function periodAt(table: readonly Period[], at: number, guess: number): number {
  const near = table[guess];
  if (near && at >= near.from && at < near.to) return guess;
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
