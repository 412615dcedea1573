import type { Platform } from '#renderer/data/platform.ts';
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { checkContactInput } from './contact-input.ts';
import type { OpenAccount } from './open-account.ts';

/** Stores an edit of a contact's field; nothing happens when the field says so already. */
export async function editContact(
  { columns, engine, documents, device }: OpenAccount,
  { contactId, field, to }: { contactId: number; field: ContactField; to: string | null },
  { now, newId }: Pick<Platform, 'now' | 'newId'>,
): Promise<void> {
  // Nobody edits what this device does not hold: the text would be refused, and stay here all the same.
  if (contactFields[field].personal && device.record.personal === false) {
    throw new UserError('forbidden', 'This device holds no personal data, so it cannot be changed here.', field);
  }
  await columns.need(['contact', 'contactPersonal']);
  if (!engine.hasContact(contactId)) throw new UserError('not_found', 'This contact does not exist any more.');
  const country = engine.fieldOf(contactId, 'country');
  const value = checkContactInput(field, to, typeof country === 'string' ? country : null);
  const from = engine.fieldOf(contactId, field);
  if (from === value) return;
  const at = now();
  const body = { contactId, field, from: from === null ? null : String(from), to: value, at };
  await documents.save('contact-edit', newId(), body, at);
}
