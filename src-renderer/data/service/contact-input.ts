import { type ContactField, contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import type { FieldSpec } from '#shared/contact/field.schema.ts';
import { cellOfStored, normaliseField, textOfCell } from '#shared/contact/field-value.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';

/**
 * What a person typed into a contact's field, in the form it is stored in. Throws invalid_input with the reason in words.
 * `region`: the contact's country, else the workspace's: whose national phone numbers are meant.
 */
export function checkContactInput(field: ContactField, typed: string | null, region: string | null): string | null {
  const { editable, label } = contactFields[field];
  const writable = writableContactFields.find((known) => known === field);
  if (!editable || !writable) throw new UserError('forbidden', `${label} cannot be edited.`, field);
  if (typed === null || typed.trim() === '') return null;
  const result = normaliseContact({ [writable]: typed }, region);
  if (result.ok) return result.value[writable] ?? null;
  const { message } = result.error;
  throw new UserError(
    'invalid_input',
    `${label}${message.startsWith(field) ? message.slice(field.length) : `: ${message}`}.`,
    field,
  );
}

/** The same for an additional field. */
export function checkFieldInput(spec: FieldSpec, typed: string | null, zone: string): string | null {
  if (spec.readOnly) {
    throw new UserError('forbidden', `${spec.label} is filled in by other systems and cannot be edited here.`, spec.id);
  }
  const result = normaliseField(spec, typed, { zone });
  if (!result.ok) throw new UserError('invalid_input', `${result.error.message}.`, spec.id);
  const cell = cellOfStored(result.value);
  return cell === null ? null : textOfCell(spec.type, cell);
}
