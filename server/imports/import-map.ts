/** Which column of a file fills which field. */
import { type ImportKind, importFields } from '#shared/api/import.schema.ts';
import { type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { isIdentifyingTarget, isImportTarget } from '#shared/import/import-targets.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** Field → index of its column. */
export type ColumnMap = {
  fields: ReadonlyMap<string, number>;
  contact: ReadonlyMap<WritableContactField, number>;
  /** What a contacts file fills besides: see import/import-targets.ts. */
  extra: ReadonlyMap<string, number>;
};

/** Order fields that describe the contact may be written without "contact." as in the orders API. */
const orderAliases: Record<string, string> = {
  email: 'contact.email',
  phone: 'contact.phone',
  firstName: 'contact.firstName',
  lastName: 'contact.lastName',
};

/** Checks a map against the file's columns; a wrong one is refused with the field and what there is. */
export function resolveMap(
  kind: ImportKind,
  map: Readonly<Record<string, string>>,
  columns: readonly string[],
): ColumnMap {
  const known: readonly string[] = [...importFields[kind].required, ...importFields[kind].optional];
  const fields = new Map<string, number>();
  const contact = new Map<WritableContactField, number>();
  const extra = new Map<string, number>();
  for (const [given, column] of Object.entries(map)) {
    const field = kind === 'orders' ? (orderAliases[given] ?? given) : given.replace(/^contact\./, '');
    const isExtra = kind === 'contacts' && !known.includes(field) && isImportTarget(field);
    if (!known.includes(field) && !isExtra) {
      throw new UserError('invalid_input', `${given} is not a field of ${kind}. Fields: ${known.join(', ')}.`, given);
    }
    const at = columns.indexOf(column.trim());
    if (at < 0) {
      throw new UserError(
        'invalid_input',
        `The file has no column “${column}” for ${given}. Columns: ${columns.join(', ')}.`,
        given,
      );
    }
    if (isExtra) {
      extra.set(field, at);
      continue;
    }
    const name = field.replace(/^contact\./, '');
    const asContact = writableContactFields.find((candidate) => candidate === name);
    if (asContact && (kind === 'contacts' || field.startsWith('contact.'))) contact.set(asContact, at);
    else fields.set(field, at);
  }
  for (const field of importFields[kind].required) {
    if (!fields.has(field)) throw new UserError('invalid_input', `${field} is required: map it to a column.`, field);
  }
  // An additional field may tell contacts apart as well, where the options say so; its lines are looked at one by one.
  const tells = [...contact.keys(), ...extra.keys()].some((target) => isIdentifyingTarget(target) || isFieldId(target));
  if (kind === 'contacts' && !tells) {
    throw new UserError(
      'invalid_input',
      'Map at least one of externalCustomerId, email, phone, loyaltyNumber: it tells contacts apart.',
      'map',
    );
  }
  return { fields, contact, extra };
}
