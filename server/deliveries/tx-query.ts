import type pg from 'pg';
import type { Database, Tx } from '#server/storage/database.ts';

/** A transaction in the shape of a database, for readers that do not care which they get. */
export function queryIn(tx: Tx): Pick<Database, 'query'> {
  return {
    query: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await tx.query<R>(text, values)).rows,
  };
}
