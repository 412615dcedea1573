/** What parameters of an event tell of its contact, where its type says so (event-type.schema.ts). */
import type { WritableContactField } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isComputedId, isFieldId } from '#shared/contact/field.schema.ts';
import { normaliseField, type StoredField } from '#shared/contact/field-value.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import type { EventType } from './event-type.schema.ts';

type Params = Readonly<Record<string, unknown>>;
type Mapping = NonNullable<EventType['mapping']>;

/** Fields that say who somebody is; of events told afterwards only these are taken: they may be years old. */
const identifyingFields: readonly string[] = ['externalCustomerId', 'email', 'phone'] satisfies WritableContactField[];

/** Values by field, names compared without case; lists and objects fit no field but a multiple choice. */
function mappedValues(mapping: Mapping, params: Params): Map<string, unknown> {
  const given = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));
  const found = new Map<string, unknown>();
  for (const { parameter, field } of mapping) {
    const value = given.get(parameter.toLowerCase());
    if (value !== undefined && value !== null && value !== '') found.set(field, value);
  }
  return found;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Normalised values of fixed fields. What cannot be stored is left out: the event itself is worth having. `region`: whose
 * national phone numbers are meant.
 */
export function mappedContactValues(
  mapping: Mapping,
  params: Params,
  { region, onlyIdentifying = false }: { region: string | null; onlyIdentifying?: boolean },
): ContactValues {
  const values: Record<string, string> = {};
  for (const [field, value] of mappedValues(mapping, params)) {
    if (isFieldId(field) || !isPlain(value)) continue;
    if (!onlyIdentifying || identifyingFields.includes(field)) values[field] = String(value);
  }
  return normaliseLeniently(values, region);
}

/** Stored values of additional fields; what does not fit its field is left out. */
export function mappedFieldValues(
  mapping: Mapping,
  params: Params,
  { specs, zone }: { specs: FieldSpecs; zone: string },
): Record<string, StoredField> {
  const fields: Record<string, StoredField> = {};
  for (const [field, value] of mappedValues(mapping, params)) {
    const spec = isFieldId(field) ? specs.get(field) : undefined;
    if (!spec || isComputedId(spec.id)) continue;
    const stored = normaliseField(spec, value, { zone });
    if (stored.ok && stored.value !== null) fields[spec.id] = stored.value;
  }
  return fields;
}
