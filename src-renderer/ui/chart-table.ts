/** A chart's figures as a table: what "Open as table" shows and what the CSV holds, so that both are the same numbers. */
export type ChartColumn = { label: string; numeric: boolean };
export type ChartCell = string | number | null;
export type ChartTable = { columns: readonly ChartColumn[]; rows: readonly (readonly ChartCell[])[] };

/** Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
function csvCell(cell: ChartCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with CRLF and a header row; empty cells as nothing. */
export function tableToCsv(table: ChartTable): string {
  const lines = [table.columns.map((column) => csvCell(column.label)), ...table.rows.map((row) => row.map(csvCell))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
