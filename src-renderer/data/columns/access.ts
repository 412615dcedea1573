import type { DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { must } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';

/** A number column of a part. A missing or other column is a programmer's error: the layout is checked when a chunk is decoded. */
export function numbersOf(part: TablePart, name: string): NumberColumn {
  const column = part.columns[name];
  return must(column?.type === 'number' ? column : null, `column ${name} holds numbers`);
}

/** A text column of a part. */
export function textsOf(part: TablePart, name: string): DictColumn {
  const column = part.columns[name];
  return must(column?.type === 'dict' ? column : null, `column ${name} holds texts`);
}

/** Value of a row, NaN when it is empty. */
export function valueAt(column: NumberColumn, row: number): number {
  const raw = column.data[row];
  return raw === undefined || raw === column.empty ? Number.NaN : raw + column.base;
}

/** Text of a row, null when it is empty. */
export function textOf(column: DictColumn, row: number): string | null {
  const code = column.codes[row];
  return code ? column.value(code) : null;
}

/** Whether a row exists and nothing newer replaced it. */
export function counts(part: TablePart, row: number): boolean {
  return (part.live === null || part.live[row] === 1) && (part.masked === null || part.masked[row] === 0);
}

/** Code of a text in a column, 0 when it does not occur. */
export function codeOf(column: DictColumn, text: string): number {
  const folded = fold(text);
  let low = 1;
  let high = column.size + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column.folded(middle) < folded) low = middle + 1;
    else high = middle;
  }
  // Texts that fold alike lie next to each other.
  for (let code = low; code <= column.size && column.folded(code) === folded; code++) {
    if (column.value(code) === text) return code;
  }
  return 0;
}
