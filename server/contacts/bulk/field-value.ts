import type { BulkAction, BulkField } from '#shared/contact/bulk.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { normaliseField } from '#shared/contact/field-value.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';

export type FieldValue = { field: BulkField | FieldId; stored: unknown };

/** The value to write, in its stored form. Throws where the field refuses it. */
export function fieldValue(
  { field, to }: Extract<BulkAction, { type: 'field' }>,
  { specs, zone }: { specs: FieldSpecs; zone: string },
): FieldValue {
  return { field, stored: isFieldId(field) ? additional(specs, field, to, zone) : plain(field, to) };
}

function plain(field: BulkField, to: string | null): string | null {
  // No field of many is a phone, which alone asks for a region.
  const normalised = normaliseContact({ [field]: to }, null);
  if (!normalised.ok) {
    const reason = normalised.error.message.slice(normalised.error.field.length);
    throw new UserError('invalid_input', `${contactFields[field].label}${reason}`, 'to');
  }
  return normalised.value[field] ?? null;
}

function additional(specs: FieldSpecs, field: FieldId, to: string | null, zone: string): unknown {
  const spec = specs.get(field);
  if (!spec) throw new UserError('not_found', 'This field no longer exists.', 'field');
  if (spec.computed) throw new UserError('forbidden', `${spec.label} is worked out and cannot be edited.`, 'field');
  if (spec.readOnly) {
    throw new UserError('forbidden', `${spec.label} is filled in by other systems and cannot be edited here.`, 'field');
  }
  const normalised = normaliseField(spec, to, { zone });
  if (!normalised.ok) throw new UserError('invalid_input', `${normalised.error.message}.`, 'to');
  return normalised.value;
}

/** Whether the field holds personal values; one that is gone might. */
export function isPersonalField(field: BulkField | FieldId, specs: FieldSpecs): boolean {
  return isFieldId(field) ? (specs.get(field)?.personal ?? true) : contactFields[field].personal;
}
