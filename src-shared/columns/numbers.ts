import { assert } from '#shared/kernel/assert.ts';
import type { Cell } from './tables.ts';
import type { NumberColumn } from './view.ts';

/** Raw value of an empty cell in a Uint32Array column. */
export const EMPTY_U32 = 0xffff_ffff;

/**
 * Packs numbers into the narrowest form that holds them exactly: Uint32Array (base 0 where possible, so that most readers
 * can ignore the base), else Float64Array with NaN for empty cells.
 */
export function packNumbers(cells: readonly Cell[]): NumberColumn {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let hasEmpty = false;
  let whole = true;
  for (const cell of cells) {
    if (cell === null) {
      hasEmpty = true;
      continue;
    }
    assert(typeof cell === 'number' && Number.isFinite(cell), 'a cell of a number column is a finite number or null');
    if (cell < min) min = cell;
    if (cell > max) max = cell;
    whole &&= Number.isSafeInteger(cell);
  }
  const limit = hasEmpty ? EMPTY_U32 - 1 : EMPTY_U32;
  const base = min >= 0 && max <= limit ? 0 : min;
  if (min > max || (whole && max - base <= limit)) {
    const data = new Uint32Array(cells.length);
    const shift = min > max ? 0 : base;
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row];
      data[row] = typeof cell === 'number' ? cell - shift : EMPTY_U32;
    }
    return { type: 'number', data, base: shift, empty: hasEmpty ? EMPTY_U32 : null };
  }
  const data = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    data[row] = typeof cell === 'number' ? cell : Number.NaN;
  }
  return { type: 'number', data, base: 0, empty: hasEmpty ? Number.NaN : null };
}

/** Value of a row; null when it is empty. For loops over many rows read `data` directly. */
export function numberAt(column: NumberColumn, row: number): number | null {
  const raw = column.data[row];
  if (raw === undefined || raw === column.empty || Number.isNaN(raw)) return null;
  return raw + column.base;
}
