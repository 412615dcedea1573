import type { ContactEdits } from '#renderer/data/columns/column-store.ts';
import type { DocumentStore } from '#renderer/data/store/documents.ts';
import type { Cell } from '#shared/columns/tables.ts';
import { type AnyField, contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { cellOfText } from '#shared/contact/field-value.ts';

/**
 * Contact edits that the columns do not show yet: those the server has not accepted, and accepted ones with a revision
 * the tail has not reached. Later ones win: accepted ones by revision, then one's own by time.
 */
export async function readOverlay(
  documents: DocumentStore,
  tailVersion: number,
  specs: FieldSpecs,
): Promise<ContactEdits> {
  const accepted = (await documents.list('contact-edit', tailVersion)).filter((doc) => !doc.waiting);
  const waiting = (await documents.waiting())
    .filter(({ kind, removed }) => kind === 'contact-edit' && !removed)
    .sort((a, b) => a.edited - b.edited || (a.id < b.id ? -1 : 1));
  const edits = new Map<number, Map<AnyField, Cell>>();
  for (const { body } of [...accepted, ...waiting]) {
    const parsed = contactEditSchema.safeParse(body);
    if (!parsed.success) continue;
    const { contactId, field, to } = parsed.data;
    const fields = edits.get(contactId) ?? new Map<AnyField, Cell>();
    const spec = isFieldId(field) ? specs.get(field) : undefined;
    // Of a field that was deleted, or has not arrived here yet, nothing can be shown.
    if (isFieldId(field) && !spec) continue;
    fields.set(field, spec ? cellOfText(spec, to) : to);
    edits.set(contactId, fields);
  }
  return edits;
}
