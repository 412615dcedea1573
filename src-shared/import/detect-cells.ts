/** What the cells of a file's first records tell: which record names the columns, how numbers and dates are written. */
import { type DateOrder, dateOrderOf } from '#shared/kernel/instant-text.ts';
import type { Delimiter } from './delimiters.ts';

type Row = readonly string[];

const filled = (row: Row): number => row.filter((cell) => cell.trim() !== '').length;

/** Nobody calls a column like this. */
const isValue = (cell: string): boolean =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell) || /^\+?[\d\s().,/:-]*\d[\d\s().,/:-]*$/.test(cell);

/** The record that names the columns, null when the first full one holds values already. Titles above it are passed over. */
export function detectHeaderRow(rows: readonly Row[]): number | null {
  const width = Math.max(0, ...rows.map(filled));
  const at = rows.findIndex((row) => filled(row) > (width > 2 ? 1 : 0));
  const row = rows[at]?.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (row === undefined || row.length === 0) return 0;
  return row.some(isValue) ? null : at;
}

const withComma = /^[-+]?(?:\d{1,3}(?:[ .\u00A0\u202F]\d{3})*|\d+),(\d+)$/;
const withPoint = /^[-+]?(?:\d{1,3}(?:[ ,\u00A0\u202F]\d{3})*|\d+)\.(\d+)$/;

/** Files with semicolons come from where decimals have a comma, unless their numbers say otherwise. */
export function detectDecimal(rows: readonly Row[], delimiter: Delimiter): 'point' | 'comma' {
  let commas = 0;
  let points = 0;
  for (const row of rows) {
    for (const cell of row) {
      const text = cell.trim();
      // Three digits may be thousands as well.
      if (withComma.exec(text)?.[1]?.length !== 3 && withComma.test(text)) commas += 1;
      else if (withPoint.exec(text)?.[1]?.length !== 3 && withPoint.test(text)) points += 1;
    }
  }
  if (commas !== points) return commas > points ? 'comma' : 'point';
  return delimiter === ';' ? 'comma' : 'point';
}

/** Day or month first, by the dates that leave no choice; null when none does or they contradict. */
export function detectDateOrder(rows: readonly Row[]): DateOrder | null {
  const seen = new Set<DateOrder>();
  for (const row of rows) {
    for (const cell of row) {
      const order = dateOrderOf(cell);
      if (order !== null && order !== 'undecided' && !cell.includes('.')) seen.add(order);
    }
  }
  const [order = null] = seen;
  return seen.size === 1 ? order : null;
}

/** Names of columns that are told apart: what has none is called by its place, a repeated one by how often it came. */
export function columnNames(header: Row | null, width: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: Math.max(width, header?.length ?? 0) }, (_, at) => {
    const name = header?.[at]?.trim() || `Column ${at + 1}`;
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`;
    taken.add(unique);
    return unique;
  });
}
