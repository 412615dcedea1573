import type { z } from 'zod';
import type { Database } from '#server/storage/database.ts';
import { type Entity, entities, type TableName, tableNames, tables } from '#shared/columns/tables.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { TailOutput, tailInput } from '#shared/sync/wire.schema.ts';
import { readColumnShape } from './column-shape.ts';
import { readFeed } from './feed.ts';
import { readKeptFrom } from './generations.ts';
import { checkEpoch } from './judge.ts';
import { readKeyRows } from './row-source.ts';

/** An order brings all its lines: with more keys an answer would be too long to parse between two frames. */
const MAX_KEYS = 2_000;

/** [TAIL-1] What changed after a version, with the rows of these tables as they are now. */
export async function readTail(
  db: Database,
  input: z.infer<typeof tailInput>,
  of: readonly TableName[] = tableNames,
): Promise<TailOutput> {
  const feed = await readFeed(db);
  checkEpoch(feed, input.epoch, input.after);
  const limit = Math.min(input.limit, MAX_KEYS);
  const changes = await db.query<{ version: number; tbl: string; key: number }>(
    'select version, tbl, key from column_change where version > $1 and version <= $2 order by version limit $3',
    [input.after, feed.version, limit],
  );
  // Asked after the changes were read: what was kept until now was there to be read.
  if (input.after < (await readKeptFrom(db))) {
    throw new UserError('not_found', 'These changes are no longer kept; take the newest manifest.', 'after');
  }
  const more = changes.length === limit;
  const keys = new Map<string, Set<number>>();
  for (const { tbl, key } of changes) {
    const found = keys.get(tbl);
    if (found) found.add(key);
    else keys.set(tbl, new Set([key]));
  }
  const changed: Partial<Record<Entity, number[]>> = {};
  // Changes of tables that the client does not know would be no answer it can read.
  const known = new Set(of.map((table): Entity => tables[table].entity));
  for (const entity of entities) {
    const found = known.has(entity) ? keys.get(entity) : undefined;
    if (found) changed[entity] = [...found];
  }
  const rows: TailOutput['rows'] = {};
  const shape = changes.length === 0 ? null : await readColumnShape(db);
  for (const table of of) {
    const found = changed[tables[table].entity];
    if (found && shape) rows[table] = await readKeyRows(db, table, found, shape);
  }
  return {
    epoch: feed.epoch,
    version: (more ? changes.at(-1)?.version : undefined) ?? feed.version,
    more,
    changed,
    rows,
  };
}
