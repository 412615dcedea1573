/** Rows of table import: the jobs, and what people see of them. */
import { z } from 'zod';
import {
  type ImportState,
  importKinds,
  importMap,
  importOptions,
  importState,
  importSummary,
  importUndo,
} from '#shared/api/import.schema.ts';
import { fileFormat } from '#shared/import/file-format.schema.ts';
import { UNDO_DAYS } from './import-journal.ts';

const row = z.object({
  id: z.string(),
  file_name: z.string(),
  kind: z.enum(importKinds),
  purpose: importState.shape.purpose,
  state: importState.shape.state,
  progress: z.number(),
  lines_read: z.number(),
  summary: importSummary.nullable(),
  undo: importUndo.nullable(),
  error: z.string().nullable(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
});
export const stateColumns = Object.keys(row.shape).join(', ');

export function stateOf(stored: unknown, now: number): ImportState {
  const { id, kind, purpose, state, progress, summary, undo, error, ...rest } = row.parse(stored);
  const finishedAt = rest.finished_at?.getTime() ?? null;
  const isFresh = finishedAt !== null && finishedAt > now - UNDO_DAYS * 86_400_000;
  return {
    ...{ id, kind, purpose, state, progress, summary, undo, error, finishedAt },
    fileName: rest.file_name,
    linesRead: rest.lines_read,
    canUndo:
      isFresh &&
      purpose === 'import' &&
      kind === 'contacts' &&
      (state === 'done' || state === 'failed') &&
      undo === null,
    startedAt: rest.started_at.getTime(),
  };
}

const job = z.object({
  id: z.string(),
  upload_id: z.string(),
  file_name: z.string(),
  kind: z.enum(importKinds),
  purpose: importState.shape.purpose,
  state: importState.shape.state,
  map: importMap,
  format: fileFormat.nullable(),
  options: importOptions,
  region: z.string().nullable(),
  attempts: z.number(),
  done_to: z.number(),
  counts: z.record(z.string(), z.number()).nullable(),
  started_by: z.string().nullable(),
  started_at: z.date(),
});
export type ImportJob = z.infer<typeof job>;
export const jobColumns = Object.keys(job.shape).join(', ');
export const jobOf = (stored: unknown): ImportJob => job.parse(stored);
