import type { DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';

/** A part's column of numbers; crashes when the table has none of that name. */
export function numberColumn(part: TablePart, name: string): NumberColumn {
  const column = part.columns[name];
  if (column?.type !== 'number') throw new Error(`Column ${name} is not a number column`);
  return column;
}

/** A part's column of text; crashes when the table has none of that name. */
export function textColumn(part: TablePart, name: string): DictColumn {
  const column = part.columns[name];
  if (column?.type !== 'dict') throw new Error(`Column ${name} is not a text column`);
  return column;
}
