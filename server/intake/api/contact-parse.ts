/** From a contact of the API to what is written. One that cannot be written is told with its field; so is what was left out. */
import type { ContactWrite } from '#server/identity/write-contacts.ts';
import { type BodyProblem, parsePart } from '#server/intake/parse-body.ts';
import { contactInput, readContactInput } from '#shared/contact/contact-input.schema.ts';
import type { FieldSpec } from '#shared/contact/field.schema.ts';
import { normaliseField } from '#shared/contact/field-value.ts';
import { type Identifier, normaliseIdentifier, primaryKinds } from '#shared/contact/identifiers.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';

export type FieldFinder = {
  /** The additional field of a number, or of LIST.FIELD. */
  find: (id: string | number) => FieldSpec | undefined;
  /** Where date-times without an offset were written. */
  zone: string;
};

export type ParsedContact = {
  write: ContactWrite;
  /** Parts of the contact that mean nothing here; the rest is written. */
  ignored: BodyProblem[];
};

/** How the API calls a field of the contact. */
const apiField: Record<string, string> = { email: 'channels (email)', phone: 'channels (sms)' };
/** Members of the original's contact that are read only, or have no counterpart. */
const unused = ['ordersInfo', 'groups', 'addressBookId'];

/** `region`: see MUSTER_DEFAULT_REGION. */
export function parseContact(
  body: unknown,
  fields: FieldFinder,
  region: string | null,
): Result<ParsedContact, BodyProblem> {
  const parsed = parsePart(contactInput, body);
  if (!parsed.ok) return parsed;
  const given = readContactInput(parsed.value);
  const values = normaliseContact(given.values, region);
  if (!values.ok) {
    const field = apiField[values.error.field] ?? values.error.field;
    return err({ field, message: values.error.message });
  }
  const ignored: BodyProblem[] = [...given.unknown];
  for (const name of unused) {
    if (typeof body === 'object' && body !== null && Object.hasOwn(body, name) && Reflect.get(body, name) != null) {
      ignored.push({ field: name, message: `${name} is not written by contacts` });
    }
  }
  const identifiers: Identifier[] = [];
  for (const { kind, value, field } of given.further) {
    const identifier = normaliseIdentifier(kind, value, values.value.country ?? region);
    if (!identifier) return err({ field, message: `${field} is not what a channel of this type holds` });
    identifiers.push(identifier);
  }
  const additional = parseFields(parsed.value.fields ?? [], fields, ignored);
  if (!additional.ok) return additional;
  const contactId = parsed.value.id ?? undefined;
  const isKnown = primaryKinds.some((kind) => values.value[kind]) || identifiers.length > 0;
  if (contactId === undefined && !isKnown) {
    return err({ field: 'channels', message: 'Give an externalCustomerId, or a channel of type email or sms.' });
  }
  return ok({ write: { contactId, values: values.value, identifiers, fields: additional.value }, ignored });
}

function parseFields(
  given: readonly { id: string | number; value?: unknown }[],
  fields: FieldFinder,
  ignored: BodyProblem[],
): Result<Record<string, unknown> | undefined, BodyProblem> {
  if (given.length === 0) return ok(undefined);
  const written: Record<string, unknown> = {};
  for (const [at, { id, value }] of given.entries()) {
    const spec = fields.find(id);
    if (!spec) {
      ignored.push({ field: `fields[${at}].id`, message: `there is no additional field “${String(id).slice(0, 80)}”` });
      continue;
    }
    const stored = normaliseField(spec, value, { zone: fields.zone });
    if (!stored.ok) return err({ field: `fields[${at}].value`, message: stored.error.message });
    written[spec.id] = stored.value;
  }
  return ok(written);
}
