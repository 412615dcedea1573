/** Conditions on orders, events and deliveries: one pass over the rows that can count, added up by contact id. */
import type { ColumnView, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { numberColumn } from './column-access.ts';
import type { ResolvedActivity } from './resolve.ts';
import type { NumberTest } from './resolve-parameters.ts';
import { type RowList, rowsWithin, selectRows } from './row-selection.ts';

/** 1 = the contact's activity passes the test, by contact id. Nobody without activity passes. Pauses after each part. */
export function* evaluateActivity(leaf: ResolvedActivity, view: ColumnView): Steps<Uint8Array> {
  switch (leaf.measure) {
    case 'count': {
      const counts = new Uint32Array(view.contactLimit);
      yield* eachPart(leaf, view, (part, rows, from, to) => addCounts(counts, part, rows, from, to));
      return test(counts, leaf.test);
    }
    case 'net':
    case 'gross':
    case 'returns': {
      const sums = new Float64Array(view.contactLimit);
      yield* eachPart(leaf, view, (part, rows, from, to) => {
        if (leaf.measure !== 'returns') addAmounts(sums, part, numberColumn(part, 'gross'), 1, rows, from, to);
        if (leaf.measure !== 'gross') {
          addAmounts(sums, part, numberColumn(part, 'returns'), leaf.measure === 'net' ? -1 : 1, rows, from, to);
        }
      });
      return test(sums, leaf.test);
    }
    case 'firstAt':
    case 'lastAt': {
      // NaN = no activity: it lies neither inside nor outside of any window.
      const times = new Float64Array(view.contactLimit).fill(Number.NaN);
      const first = leaf.measure === 'firstAt';
      yield* eachPart(leaf, view, (part, rows, from, to, at) => keepTimes(times, first, part, at, rows, from, to));
      const low = leaf.window.from ?? Number.NEGATIVE_INFINITY;
      const high = leaf.window.to ?? Number.POSITIVE_INFINITY;
      const out = new Uint8Array(times.length);
      for (let id = 0; id < times.length; id++) {
        const at = times[id] ?? Number.NaN;
        if (!Number.isNaN(at) && (at >= low && at < high) === leaf.inside) out[id] = 1;
      }
      return out;
    }
    default:
      return assertUnreachable(leaf);
  }
}

type Visit = (part: TablePart, rows: RowList, from: number, to: number, at: NumberColumn) => void;

/** Visits each part with the range of its selected rows that lies in the leaf's period. */
function* eachPart(leaf: ResolvedActivity, view: ColumnView, visit: Visit): Steps<void> {
  for (const part of view.parts(leaf.source.table)) {
    const selection = selectRows(part, leaf);
    const { rows, from, to } = rowsWithin(selection, leaf.period);
    if (from < to) visit(part, rows, from, to, selection.at);
    yield;
  }
}

function addCounts(counts: Uint32Array, part: TablePart, rows: RowList, from: number, to: number): void {
  const { masked } = part;
  const { data, base } = numberColumn(part, 'contactId');
  for (let index = from; index < to; index++) {
    const row = rows[index] ?? 0;
    if (masked !== null && masked[row] === 1) continue;
    const id = (data[row] ?? 0) + base;
    if (id < counts.length) counts[id] = (counts[id] ?? 0) + 1;
  }
}

function addAmounts(
  sums: Float64Array,
  part: TablePart,
  amounts: NumberColumn,
  sign: 1 | -1,
  rows: RowList,
  from: number,
  to: number,
): void {
  const { masked } = part;
  const { data, base } = numberColumn(part, 'contactId');
  for (let index = from; index < to; index++) {
    const row = rows[index] ?? 0;
    if (masked !== null && masked[row] === 1) continue;
    const raw = amounts.data[row] ?? 0;
    if (raw === amounts.empty || Number.isNaN(raw)) continue;
    const id = (data[row] ?? 0) + base;
    if (id < sums.length) sums[id] = (sums[id] ?? 0) + sign * (raw + amounts.base);
  }
}

function keepTimes(
  times: Float64Array,
  first: boolean,
  part: TablePart,
  at: NumberColumn,
  rows: RowList,
  from: number,
  to: number,
): void {
  const { masked } = part;
  const { data, base } = numberColumn(part, 'contactId');
  for (let index = from; index < to; index++) {
    const row = rows[index] ?? 0;
    if (masked !== null && masked[row] === 1) continue;
    const id = (data[row] ?? 0) + base;
    if (id >= times.length) continue;
    const time = (at.data[row] ?? 0) + at.base;
    const known = times[id] ?? Number.NaN;
    if (Number.isNaN(known) || (first ? time < known : time > known)) times[id] = time;
  }
}

function test(figures: Uint32Array | Float64Array, { op, value }: NumberTest): Uint8Array {
  const out = new Uint8Array(figures.length);
  switch (op) {
    case 'atLeast':
      for (let id = 0; id < out.length; id++) out[id] = (figures[id] ?? 0) >= value ? 1 : 0;
      return out;
    case 'atMost':
      for (let id = 0; id < out.length; id++) out[id] = (figures[id] ?? 0) <= value ? 1 : 0;
      return out;
    case 'equals':
      for (let id = 0; id < out.length; id++) out[id] = (figures[id] ?? 0) === value ? 1 : 0;
      return out;
    default:
      return assertUnreachable(op);
  }
}
