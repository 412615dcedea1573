import {
  contactFieldSchema,
  type FieldId,
  type FieldSpec,
  fieldProblem,
  isFieldId,
} from '#shared/contact/field.schema.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { Problem } from './document-check.ts';

/**
 * What keeps a pushed field from being taken, judged by all that there are; null when nothing does, and it is then one of
 * `fields`. Every writer of documents holds the counter, so two fields of one key never pass at the same time.
 */
export function takeField(
  fields: Map<FieldId, FieldSpec>,
  next: Envelope,
  master: Envelope | undefined,
): Problem | null {
  if (next.kind !== 'contact-field') return null;
  const { id } = next;
  if (!isFieldId(id)) return { code: 'invalid_input', message: 'The id of a field begins with “field:”.', field: 'id' };
  if (next.deleted) {
    fields.delete(id);
    return null;
  }
  const spec = { ...contactFieldSchema.parse(next.body), id };
  const before = master && !master.deleted ? contactFieldSchema.safeParse(master.body).data : undefined;
  const problem = fieldProblem(spec, fields, before ?? null);
  if (problem) return { code: 'invalid_input', ...problem };
  fields.set(id, spec);
  return null;
}
