/**
 * What the engine sees of the column store, whatever the rows came from (a chunk, a tail, an own unsent edit).
 * A table is a list of parts; a row counts when it is not masked and, in a dense part, live.
 */
import type { TableName } from './tables.ts';

/** Numbers. Value of row i = data[i] + base; empty cells hold `empty` in data (NaN is only used with Float64Array). */
export type NumberColumn = {
  type: 'number';
  data: Float64Array | Uint32Array;
  base: number;
  /** Raw value that stands for an empty cell; null when the column has none. NaN means: test with Number.isNaN. */
  empty: number | null;
};

/** Text by dictionary. Code 0 is the empty cell; codes 1…size are ordered by folded text (code units), so a code is a sort rank inside its part. */
export type DictColumn = {
  type: 'dict';
  codes: Uint8Array | Uint16Array | Uint32Array;
  size: number;
  /** Text of a code ≥ 1. */
  value(code: number): string;
  /** Folded text of a code ≥ 1. */
  folded(code: number): string;
  /** flags[code] = 1 for each code whose folded text matches the already folded needle. */
  match(mode: 'is' | 'contains' | 'startsWith' | 'endsWith', needle: string): Uint8Array;
};

export type Column = NumberColumn | DictColumn;

export type TablePart = {
  rows: number;
  /** Key of row i: keys[i], or first + i when there are none (dense). */
  keys: Uint32Array | null;
  first: number;
  /** Optional columns (see TableSpec) are missing where they are empty in every row. */
  columns: Readonly<Record<string, Column>>;
  /** Dense parts: 1 = the row exists. Null = every row exists. */
  live: Uint8Array | null;
  /** 1 = a newer row or a deletion replaces this one. Null = none. */
  masked: Uint8Array | null;
  /** Smallest and largest value of the table's time column; null for tables without one or an empty part. Rows are in time order only when `sorted`. */
  minAt: number | null;
  maxAt: number | null;
  sorted: boolean;
};

export interface ColumnView {
  /** One more than the largest contact id: the length of every per-contact array. */
  contactLimit: number;
  parts(table: TableName): readonly TablePart[];
}
