import { categoryId } from '#shared/consent/category.schema.ts';
import { type ContactEdit, contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import type { ErrorCode } from '#shared/kernel/errors.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { storableFields } from '#shared/kernel/storable-json.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { conform } from '#shared/sync/unknown-fields.ts';

export type Problem = { code: ErrorCode; message: string; field?: string };
export type Checked = { ok: true; next: Envelope; edit: ContactEdit | null } | { ok: false; problem: Problem };

const MAX_BODY = 1_000_000;
/** A review holds two versions of what gave way. */
const MAX_REVIEW = 2.2 * MAX_BODY;
/** Deeper than any rule a person builds, far from what overflows a stack or PostgreSQL's JSON parser. */
const MAX_DEPTH = 64;

const refuse = (code: ErrorCode, message: string, field?: string): Checked => ({
  ok: false,
  problem: { code, message, field },
});

/** Judges a pushed document by itself, without the database; answers it in the form that will be stored. */
export function checkDocument(next: Envelope): Checked {
  if (storableText(next.id) !== next.id || storableText(next.kind) !== next.kind) {
    return refuse('invalid_input', 'A document’s id and kind are plain text.', 'id');
  }
  const spec = kindSpec(next.kind, next.id);
  if (!spec) return refuse('invalid_input', `Documents of kind “${next.kind}” are not known here.`, 'kind');
  if (spec.merge === 'server') return refuse('forbidden', 'Only the server writes these documents.', 'kind');
  if (spec.ids && !spec.ids.includes(next.id))
    return refuse('invalid_input', 'This kind has no document of this id.', 'id');
  if (next.schemaVersion > spec.version) {
    return refuse(
      'newer_version',
      'A newer app wrote this. Update the server, then it will be taken.',
      'schemaVersion',
    );
  }
  if (next.deleted) return { ok: true, next: { ...next, body: {} }, edit: null };
  if (!isShallow(next.body, MAX_DEPTH)) return refuse('invalid_input', 'This is nested too deeply.');
  if (JSON.stringify(next.body).length > (next.kind === 'review' ? MAX_REVIEW : MAX_BODY)) {
    return refuse('too_large', 'This is too large: a document has at most 1,000,000 characters.');
  }
  const said = storableFields(next.body);
  const parsed = spec.schema.safeParse(said);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'invalid_input',
      issue?.message ?? 'This is not valid.',
      issue?.path.map(String).join('.') || undefined,
    );
  }
  if (next.kind === 'category' && next.id !== categoryId(String(parsed.data.key))) {
    return refuse('invalid_input', 'The key of a category never changes: forms and shops name it.', 'key');
  }
  const edit = next.kind === 'contact-edit' ? contactEditSchema.parse(parsed.data) : null;
  // The version stays what the author's app writes: raised, the text would disappear from that app (VER-5).
  return { ok: true, next: { ...next, body: conform(said, parsed.data) }, edit };
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isShallow(item, depth - 1));
}
