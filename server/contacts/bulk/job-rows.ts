/** Rows of table bulk_job as the app sees them. */
import { z } from 'zod';
import {
  type BulkDeed,
  type BulkJob,
  bulkDeed,
  bulkSkips,
  bulkStates,
  isUndoable,
} from '#shared/contact/bulk.schema.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { isPersonalField } from './field-value.ts';

const row = z.object({
  id: z.string(),
  action: bulkDeed,
  undoes: z.string().nullable(),
  undone_deed: bulkDeed.nullable(),
  state: z.enum(bulkStates),
  total: z.number(),
  position: z.number(),
  changed: z.number(),
  skipped: z.partialRecord(z.enum(bulkSkips), z.number()),
  error: z.string().nullable(),
  undone_by: z.string().nullable(),
  started_by: z.string(),
  started_by_name: z.string(),
  created_at: z.date(),
  finished_at: z.date().nullable(),
});

/** Select list for {@link jobOf}, of `bulk_job j`. */
export const jobColumns = `j.id, j.action, j.undoes, (select u.action from bulk_job u where u.id = j.undoes) as undone_deed,
  j.state, j.total, j.position, j.changed, j.skipped, j.error, j.undone_by, j.started_by, j.started_by_name, j.created_at, j.finished_at`;

export function jobOf(stored: unknown): BulkJob {
  const { id, action, state, total, position, changed, skipped, error, ...rest } = row.parse(stored);
  const ended = state === 'done' || state === 'cancelled' || state === 'failed';
  return {
    ...{ id, deed: action, state, total, position, changed, skipped, error },
    undoes: rest.undone_deed,
    canUndo: ended && changed > 0 && rest.undone_by === null && isUndoable(action),
    undone: rest.undone_by !== null,
    by: { id: rest.started_by, name: rest.started_by_name },
    createdAt: rest.created_at.getTime(),
    finishedAt: rest.finished_at?.getTime() ?? null,
  };
}

/** What stays of a deed when the job has ended: a value that says something of people goes. */
export function lastingDeed(deed: BulkDeed, specs: FieldSpecs): BulkDeed {
  if (deed.type !== 'field' || !isPersonalField(deed.field, specs)) return deed;
  return { type: 'field', field: deed.field };
}
