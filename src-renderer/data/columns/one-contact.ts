/** The columns as if there were one contact only: a question about them alone need not be answered for everybody. */
import { cellAt, isVisible, keyAt, partFromRows } from '#shared/columns/rows.ts';
import { type TableName, type TableSpec, type TailRow, tables } from '#shared/columns/tables.ts';
import type { ColumnView, TablePart } from '#shared/columns/view.ts';
import { numbersOf } from './access.ts';

/** The contact's id in its own view: every array by contact is as short as can be. */
export const SELF = 1;

export function oneContactView(view: ColumnView, id: number): ColumnView {
  const made = new Map<TableName, readonly TablePart[]>();
  const rowsOf = (table: TableName): TailRow[] => {
    const spec: TableSpec = tables[table];
    const parts = view.parts(table);
    if (spec.dense) return ownRow(parts, id);
    if (table !== 'orderLine') return rowsWith(parts, 'contactId', new Set([id]));
    return rowsWith(parts, 'orderRowId', new Set(rowsOf('order').map(({ key }) => key)));
  };
  return {
    contactLimit: SELF + 1,
    parts(table) {
      const known = made.get(table);
      if (known) return known;
      const rows = rowsOf(table);
      const parts = rows.length === 0 ? [] : [partFromRows(table, rows)];
      made.set(table, parts);
      return parts;
    },
  };
}

const cellsOf = (part: TablePart, row: number): TailRow['cells'] =>
  Object.fromEntries(Object.entries(part.columns).map(([name, column]) => [name, cellAt(column, row)]));

/** Of a table with one row for each contact. */
function ownRow(parts: readonly TablePart[], id: number): TailRow[] {
  for (const part of parts) {
    const row = part.keys ? part.keys.indexOf(id) : id - part.first;
    if (row >= 0 && row < part.rows && isVisible(part, row)) return [{ key: SELF, cells: cellsOf(part, row) }];
  }
  return [];
}

function rowsWith(parts: readonly TablePart[], column: string, wanted: ReadonlySet<number>): TailRow[] {
  const found: TailRow[] = [];
  if (wanted.size === 0) return found;
  for (const part of parts) {
    const { data, base } = numbersOf(part, column);
    for (let row = 0; row < part.rows; row++) {
      if (!wanted.has((data[row] ?? 0) + base) || !isVisible(part, row)) continue;
      const cells = cellsOf(part, row);
      found.push({ key: keyAt(part, row), cells: 'contactId' in cells ? { ...cells, contactId: SELF } : cells });
    }
  }
  return found;
}
