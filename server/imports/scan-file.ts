/**
 * The first of two passes over a file, where one is needed: what only the whole file can tell. Are all values of an id column numbers, some
 * with a trailing ".0" (a spreadsheet made them decimals)? Does "1/2/2011" mean January or February?
 */
import { type DateOrder, dateOrderOf } from '#shared/kernel/instant-text.ts';
import type { CsvFile } from './csv-file.ts';

export type Scan = {
  lines: number;
  /** Columns whose trailing ".0" is taken off, with the number of such values. */
  trailingZero: ReadonlyMap<number, number>;
  /** Id columns that hold such values beside others that are no numbers: nothing is taken off, but it looks like a mistake. */
  keptZero: ReadonlyMap<number, number>;
  /** Order of day and month in the date columns; null when nothing in the file tells it. */
  dateOrder: DateOrder | null;
};

/** Of a file of which there is nothing to tell. */
export const NOTHING_TO_TELL: Omit<Scan, 'lines'> = { trailingZero: new Map(), keptZero: new Map(), dateOrder: null };

const number = /^\d+(\.0)?$/;

/**
 * Whether any cell of a file may end in ".0": if none does, it need not be taken apart to be told so. A text that is cut
 * right behind one counts as well.
 */
export async function mayEndInZero(file: Pick<CsvFile, 'text' | 'format'>): Promise<boolean> {
  const delimiter = file.format.delimiter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  // Spaces beyond ASCII are bytes above it; what is found too often is only looked at more closely.
  const ending = new RegExp(`\\.0[\\s"\\x80-\\xff]*(?:${delimiter}|[\\r\\n]|$)`);
  let before = '';
  for await (const chunk of (await file.text()) as AsyncIterable<Buffer>) {
    // What is looked for is ASCII, which is the same in both.
    const text = before + chunk.toString('latin1');
    if (ending.test(text)) return true;
    before = text.slice(-1);
  }
  return false;
}

export async function scanFile(
  file: CsvFile,
  options: {
    idColumns: readonly number[];
    dateColumns: readonly number[];
    onLines: (lines: number, bytes: number) => void;
  },
): Promise<Scan> {
  const ids = options.idColumns.map((at) => ({ at, numeric: true, zeros: 0 }));
  const seen = new Set<DateOrder>();
  let lines = 0;
  let bytes = 0;
  for await (const { cells } of file.records((read) => (bytes = read))) {
    lines += 1;
    if (lines % 10_000 === 0) options.onLines(lines, bytes);
    for (const id of ids) {
      const value = cells[id.at]?.trim() ?? '';
      if (value === '') continue;
      if (!number.test(value)) id.numeric = false;
      else if (value.endsWith('.0')) id.zeros += 1;
    }
    for (const at of options.dateColumns) {
      const date = cells[at] ?? '';
      // Most files write dates the ISO way: year first.
      if (date.charCodeAt(4) === 45) continue;
      const order = dateOrderOf(date);
      if (order !== null && order !== 'undecided' && !date.includes('.')) seen.add(order);
    }
  }
  const [dateOrder = null] = seen;
  const zeros = (numeric: boolean) =>
    new Map(ids.filter((id) => id.numeric === numeric && id.zeros > 0).map((id) => [id.at, id.zeros]));
  return {
    lines,
    trailingZero: zeros(true),
    keptZero: zeros(false),
    dateOrder: seen.size === 1 ? dateOrder : null,
  };
}
