/** The list as a CSV file: the columns that are shown, of the rows that are chosen, from what is on this device. */
import { data } from '#renderer/data/client.ts';
import type { ContactQuery, ContactRow } from '#renderer/data/data-api.ts';
import { textOfCell } from '#shared/contact/field-value.ts';
import { cellOf, type GridColumn } from './contact-columns.ts';
import { isChosen, type Selection } from './selection.ts';

const PAGE = 1_000;
/** So that spreadsheets read it as UTF-8. */
const BOM = '\uFEFF';

/** A value as other programs read it: numbers with a point, instants in UTC. */
export function csvValue(row: ContactRow, column: GridColumn): string {
  const value = cellOf(row, column.id);
  if (value === null || value === undefined || value === '') return '';
  if (column.field) return textOfCell(column.field.type, value);
  if (column.type === 'instant') return new Date(Number(value)).toISOString();
  if (column.type === 'money') return String(Number(value) / 10_000);
  return String(value);
}

/** RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers and phones stay. */
export function csvCell(text: string): string {
  const runs = /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^[+-][\d\s().-]*$/.test(text));
  const safe = runs ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

export type ExportRequest = {
  query: ContactQuery;
  selection: Selection;
  columns: readonly GridColumn[];
  signal: AbortSignal;
  /** 0…1 */
  onProgress: (done: number) => void;
};

/** Null when it was cancelled. */
export async function exportCsv({ query, selection, columns, signal, onProgress }: ExportRequest): Promise<{
  file: Blob;
  rows: number;
} | null> {
  const parts: string[] = [BOM, csvLine(['Contact', ...columns.map(({ label }) => label)])];
  // What changes meanwhile may move a row to another page.
  const written = new Set<number>();
  for (let offset = 0; ; offset += PAGE) {
    const { rows, total } = await data.contactPage(query, offset, PAGE);
    if (signal.aborted) return null;
    for (const row of rows) {
      if (written.has(row.id) || !isChosen(selection, row.id)) continue;
      written.add(row.id);
      parts.push(csvLine([String(row.id), ...columns.map((column) => csvValue(row, column))]));
    }
    onProgress(total === 0 ? 1 : Math.min(1, (offset + rows.length) / total));
    const all = !selection.everybody && written.size >= selection.ids.size;
    if (rows.length < PAGE || all) break;
  }
  return { file: new Blob(parts, { type: 'text/csv;charset=utf-8' }), rows: written.size };
}
