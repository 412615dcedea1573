/** What documents say about columns: the parameters of events and the additional fields of contacts that are columns now. */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Database } from '#server/storage/database.ts';
import { layoutOf } from '#shared/columns/chunk.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import { eventLayout, keepUnconcerned, readEventParameters } from './event-columns.ts';
import { fieldLayout, isFieldTable, keepUnconcernedFields } from './field-columns.ts';

type Queryable = Pick<Database, 'query'>;

export type ColumnShape = { parameters: EventParameters; fields: FieldSpecs };

export async function readColumnShape(db: Queryable): Promise<ColumnShape> {
  return { parameters: await readEventParameters(db), fields: await readFieldSpecs(db) };
}

/** The layout of chunks of a table that are built now. */
export function layoutNow(table: TableName, { parameters, fields }: ColumnShape): string {
  if (isFieldTable(table)) return fieldLayout(table, fields);
  if (table === 'event') return eventLayout(parameters);
  // Categories came later than the lines' other columns: chunks from before hold none.
  return table === 'orderLine' ? `${layoutOf(table)} category` : layoutOf(table);
}

/** Gives the present layout to chunks that a changed shape does not concern. */
export async function keepWhatFits(db: Queryable, { parameters, fields }: ColumnShape): Promise<void> {
  await keepUnconcerned(db, parameters);
  await keepUnconcernedFields(db, fields);
}
