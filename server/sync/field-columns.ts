/**
 * Additional fields as columns (decision 0022): each is read from `contact.fields` by its id, into the table for those who
 * see personal values or the one for everybody. A chunk remembers in its layout which fields it was built with, so that a
 * field that comes or goes builds only the chunks in which somebody has a value of it.
 */
import type { Database } from '#server/storage/database.ts';
import { layoutOf } from '#shared/columns/chunk.ts';
import { type TableName, tables } from '#shared/columns/tables.ts';
import type { FieldId, FieldSpec, FieldSpecs } from '#shared/contact/field.schema.ts';
import { isTextType } from '#shared/contact/field-value.ts';
import { WITHDRAWN_LAYOUT } from './generations.ts';

type Queryable = Pick<Database, 'query'>;

const fieldTables = ['contactField', 'contactFieldPersonal'] as const satisfies readonly TableName[];
export type FieldTable = (typeof fieldTables)[number];

export const isFieldTable = (table: TableName): table is FieldTable => fieldTables.some((one) => one === table);

const fieldsOf = (table: FieldTable, specs: FieldSpecs): FieldSpec[] =>
  [...specs.values()]
    .filter(({ personal, computed }) => !computed && personal === tables[table].personal)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** How the columns are read, by name. An id is hexadecimal digits and dashes: it is safe inside of a statement. */
export function fieldColumns(table: FieldTable, specs: FieldSpecs): Record<FieldId, string> {
  return Object.fromEntries(
    fieldsOf(table, specs).map(({ id, type }) => [id, fieldExpression('fields', id, isTextType(type))]),
  );
}

/** One value as columns and rules see it; both read it by the same two functions. */
export const fieldExpression = (column: string, id: FieldId, isText: boolean): string =>
  `field_${isText ? 'text' : 'number'}(${column}, '${id}')`;

type Kinds = Readonly<Record<string, 'text' | 'number'>>;
const kindsOf = (table: FieldTable, specs: FieldSpecs): Kinds =>
  Object.fromEntries(fieldsOf(table, specs).map(({ id, type }) => [id, isTextType(type) ? 'text' : 'number']));

/** The layout of chunks that are built now. */
export function fieldLayout(table: FieldTable, specs: FieldSpecs): string {
  return `${layoutOf(table)} ${JSON.stringify(kindsOf(table, specs))}`;
}

/** Fields that only one of two layouts has; null when the layouts differ in more than that. */
function changedFields(table: FieldTable, before: string, after: string): string[] | null {
  const start = `${layoutOf(table)} `;
  if (!before.startsWith(start) || !after.startsWith(start)) return null;
  const [a, b]: Kinds[] = [before, after].map((layout) => JSON.parse(layout.slice(start.length)));
  return Object.keys({ ...a, ...b }).filter((id) => a?.[id] !== b?.[id]);
}

/** Gives the present layout to chunks in which nobody has a value of what changed; what is left has to be built anew. */
export async function keepUnconcernedFields(db: Queryable, specs: FieldSpecs): Promise<void> {
  for (const table of fieldTables) {
    const wanted = fieldLayout(table, specs);
    const others = await db.query<{ layout: string }>(
      'select distinct layout from chunk where tbl = $1 and layout <> $2 and layout <> $3',
      [table, wanted, WITHDRAWN_LAYOUT],
    );
    for (const { layout } of others) {
      const changed = changedFields(table, layout, wanted);
      if (!changed) continue;
      await db.query(
        `update chunk set layout = $1 where tbl = $2 and layout = $3 and not idx = any(
           select distinct (id / $5)::int from contact where fields ?| $4::text[])`,
        [wanted, table, layout, changed, tables[table].span],
      );
    }
  }
}
