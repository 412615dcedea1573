import { assert } from '#shared/kernel/assert.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import type { Cell } from './tables.ts';
import type { DictColumn } from './view.ts';

/** Ends each text of a pool. Texts never hold it: storableText replaces it. */
const TEXT_END = '\u0000';

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** Texts of the codes 1…size as one string, each followed by TEXT_END. `folded` is the same string when folding changes nothing. */
export type Dictionary = { codes: Codes; size: number; values: string; folded: string };

/** Smallest codes that can number `size` texts, with 0 for the empty cell. */
function codesFor(size: number, rows: number): Codes {
  if (size <= 0xff) return new Uint8Array(rows);
  return size <= 0xffff ? new Uint16Array(rows) : new Uint32Array(rows);
}

/** Numbers the distinct texts of a column in the order of their folded form, then of the text itself (code units). */
export function buildDictionary(cells: readonly Cell[]): Dictionary {
  const sortKeys = new Map<string, string>();
  for (const cell of cells) {
    if (cell === null) continue;
    assert(typeof cell === 'string', 'a cell of a text column is a string or null');
    if (!sortKeys.has(cell)) {
      const text = storableText(cell);
      sortKeys.set(cell, fold(text) + TEXT_END + text);
    }
  }
  // One plain sort of joined strings: TEXT_END is the smallest code unit, so this orders by (folded, text), and it is
  // several times faster than a comparator.
  const sorted = [...new Set(sortKeys.values())].sort();
  const values: string[] = [];
  const folded: string[] = [];
  const codeOf = new Map<string, number>();
  for (const key of sorted) {
    const end = key.indexOf(TEXT_END);
    folded.push(key.slice(0, end));
    values.push(key.slice(end + 1));
    codeOf.set(key, values.length);
  }
  const codes = codesFor(sorted.length, cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === 'string') codes[row] = codeOf.get(sortKeys.get(cell) ?? '') ?? 0;
  }
  return { codes, size: sorted.length, values: joinTexts(values), folded: joinTexts(folded) };
}

function joinTexts(texts: readonly string[]): string {
  return texts.length === 0 ? '' : texts.join(TEXT_END) + TEXT_END;
}

/** Many texts held as one string, cut only where somebody looks. */
class TextPool {
  readonly #load: () => string;
  readonly #size: number;
  #joined: string | null = null;
  #starts: Uint32Array | null = null;

  constructor(load: () => string, size: number) {
    this.#load = load;
    this.#size = size;
  }

  get joined(): string {
    this.#joined ??= this.#load();
    return this.#joined;
  }

  /** Where each text starts; one more entry for the end. */
  get starts(): Uint32Array {
    if (this.#starts) return this.#starts;
    const { joined } = this;
    const starts = new Uint32Array(this.#size + 1);
    let at = 0;
    for (let index = 1; index <= this.#size; index++) {
      at = joined.indexOf(TEXT_END, at) + 1;
      if (at === 0) break;
      starts[index] = at;
    }
    if (at !== joined.length) throw new Error('A dictionary does not hold as many texts as its header says.');
    this.#starts = starts;
    return starts;
  }

  text(index: number): string {
    const { starts } = this;
    const start = starts[index];
    const end = starts[index + 1];
    assert(start !== undefined && end !== undefined, 'the code belongs to this dictionary');
    return this.joined.slice(start, end - 1);
  }

  /** First index in [from, size) for which `reached` holds, given that it stays true once true. */
  first(from: number, reached: (text: string) => boolean): number {
    let low = from;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (reached(this.text(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Flags code (index + 1) of every text that contains the pattern; the pattern may end in TEXT_END. */
  flagHits(pattern: string, flags: Uint8Array): void {
    const { joined, starts } = this;
    let index = 0;
    for (let at = joined.indexOf(pattern); at >= 0; at = joined.indexOf(pattern, starts[index] ?? joined.length)) {
      index = indexAfter(starts, index, at);
      // `index` is now one past the text that was hit, which is also that text's code.
      flags[index] = 1;
    }
  }
}

/** Smallest index whose start lies beyond `at`; gallops from `from`, because hits come in order and often close together. */
function indexAfter(starts: Uint32Array, from: number, at: number): number {
  let low = from;
  let step = 1;
  while (low + step < starts.length && (starts[low + step] ?? 0) <= at) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, starts.length - 1);
  low += 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A dictionary column over texts that are loaded when first looked at. `folded` null = the same as the texts. */
export function dictColumn(
  codes: Codes,
  size: number,
  loadValues: () => string,
  loadFolded: (() => string) | null,
): DictColumn {
  const values = new TextPool(loadValues, size);
  const folded = loadFolded ? new TextPool(loadFolded, size) : values;
  return {
    type: 'dict',
    codes,
    size,
    value: (code) => values.text(code - 1),
    folded: (code) => folded.text(code - 1),
    match(mode, needle) {
      const flags = new Uint8Array(size + 1);
      if (size === 0 || needle.includes(TEXT_END)) return flags;
      switch (mode) {
        case 'is': {
          const from = folded.first(0, (text) => text >= needle);
          return flags.fill(1, from + 1, folded.first(from, (text) => text > needle) + 1);
        }
        case 'startsWith': {
          const from = folded.first(0, (text) => text >= needle);
          return flags.fill(1, from + 1, folded.first(from, (text) => !text.startsWith(needle)) + 1);
        }
        case 'contains':
          if (needle === '') return flags.fill(1, 1);
          folded.flagHits(needle, flags);
          return flags;
        case 'endsWith':
          if (needle === '') return flags.fill(1, 1);
          folded.flagHits(needle + TEXT_END, flags);
          return flags;
      }
    },
  };
}

/** Text of a row; null when it is empty. */
export function textAt(column: DictColumn, row: number): string | null {
  const code = column.codes[row];
  return code === undefined || code === 0 ? null : column.value(code);
}
