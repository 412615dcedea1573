import { data } from '#renderer/data/client.ts';
import type { DataApi, ReviewItem } from '#renderer/data/data-api.ts';
import { contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Writer = Pick<DataApi, 'editContact' | 'document' | 'saveDocument'>;

/** Writes again what stood before the other version of a review was taken: ordinary edits, as the taking was. */
export async function putBack(
  { kind, documentId, contactId, fields }: Pick<ReviewItem, 'kind' | 'documentId' | 'contactId' | 'fields'>,
  writer: Writer = data,
): Promise<void> {
  const before = fields.map(({ field, kept, current = kept }) => ({ field, value: current ?? null }));
  if (contactId !== null) {
    for (const { field, value } of before) {
      const known = isFieldId(field) ? field : contactFieldKeys.find((key) => key === field);
      if (known) await writer.editContact(contactId, known, value === null ? null : String(value));
    }
    return;
  }
  const doc = await writer.document(documentId);
  if (!doc) throw new UserError('not_found', 'This was deleted meanwhile.');
  const body = { ...doc.body, ...Object.fromEntries(before.map(({ field, value }) => [field, value])) };
  await writer.saveDocument(kind, documentId, body, doc.body);
}
