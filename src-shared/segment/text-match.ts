import type { DictColumn, TablePart } from '#shared/columns/view.ts';

export type TextTest = 'is' | 'contains' | 'startsWith' | 'endsWith';
/** Needles are folded, distinct, never empty. `none`: set, and none of them matches. */
export type TextMatch = { test: TextTest; needles: readonly string[]; none: boolean };

/** Flags of the codes that hold a text; the empty text counts as an empty cell. */
export function setFlags(column: DictColumn): Uint8Array {
  const flags = new Uint8Array(column.size + 1).fill(1, 1);
  if (column.size > 0 && column.folded(1) === '') flags[1] = 0;
  return flags;
}

/** Flags of the codes whose text passes. */
export function matchFlags(column: DictColumn, { test, needles, none }: TextMatch): Uint8Array {
  const flags = none ? setFlags(column) : new Uint8Array(column.size + 1);
  for (const needle of needles) {
    const matched = column.match(test, needle);
    for (let code = 1; code < flags.length; code++) if (matched[code] === 1) flags[code] = none ? 0 : 1;
  }
  return flags;
}

/** Sets the contacts whose code is flagged. Rows that do not exist have code 0, which is never flagged. */
export function markCodes(part: TablePart, codes: DictColumn['codes'], flags: Uint8Array, out: Uint8Array): void {
  const { rows, keys, first, masked } = part;
  for (let row = 0; row < rows; row++) {
    if (flags[codes[row] ?? 0] === 1 && (masked === null || masked[row] === 0)) {
      out[keys === null ? first + row : (keys[row] ?? 0)] = 1;
    }
  }
}
