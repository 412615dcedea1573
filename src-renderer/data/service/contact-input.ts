import { type ContactField, contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** What a person typed into a contact's field, in the form it is stored in. Throws invalid_input with the reason in words. */
export function checkContactInput(field: ContactField, typed: string | null, country: string | null): string | null {
  const { editable, label } = contactFields[field];
  const writable = writableContactFields.find((known) => known === field);
  if (!editable || !writable) throw new UserError('forbidden', `${label} cannot be edited.`, field);
  if (typed === null || typed.trim() === '') return null;
  const result = normaliseContact({ country, [writable]: typed });
  if (result.ok) return result.value[writable] ?? null;
  const { message } = result.error;
  throw new UserError(
    'invalid_input',
    `${label}${message.startsWith(field) ? message.slice(field.length) : `: ${message}`}.`,
    field,
  );
}
