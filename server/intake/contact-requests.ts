/** POST /v1/contact and /v1/contacts: from their bodies to what is written. */
import type { ContactWrite } from '#server/identity/write-contacts.ts';
import {
  contactInput,
  contactInputValues,
  contactsInput,
  matchingOrder,
  restrictToFields,
} from '#shared/contact/contact-input.schema.ts';
import { primaryKinds } from '#shared/contact/identifiers.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { type IntakeRow, intakeRow } from './intake-row.ts';
import { type BodyProblem, type Failure, parseBody, parsePart } from './parse-body.ts';

/** How the API calls a field of the contact. */
const apiField: Record<string, string> = { email: 'channels (email)', phone: 'channels (sms)' };

/** The write a contact of the API asks for. */
export function parseContact(body: unknown): Result<ContactWrite, BodyProblem> {
  const parsed = parsePart(contactInput, body);
  if (!parsed.ok) return parsed;
  const values = normaliseContact(contactInputValues(parsed.value));
  if (!values.ok) {
    const field = apiField[values.error.field] ?? values.error.field;
    return err({ field, message: values.error.message });
  }
  const contactId = parsed.value.id ?? undefined;
  if (contactId === undefined && !primaryKinds.some((kind) => values.value[kind])) {
    return err({ field: 'channels', message: 'Give an externalCustomerId, or a channel of type email or sms.' });
  }
  return ok({ contactId, values: values.value });
}

/** One row per contact that can be taken, and why the others cannot. */
export function parseContacts(body: unknown): { rows: IntakeRow[]; failed: Failure[] } {
  const request = parseBody(contactsInput, body);
  const dedupeOn = request.dedupeOn ?? 'externalCustomerId';
  if (dedupeOn === 'fieldId')
    throw new UserError('invalid_input', 'dedupeOn by an additional field is not supported.', 'dedupeOn');
  const matchOn = matchingOrder[dedupeOn];
  const required = request.dedupeOn ? requiredFor[request.dedupeOn] : undefined;
  const rows: IntakeRow[] = [];
  const failed: Failure[] = [];
  for (const [index, one] of request.contacts.entries()) {
    const parsed = parseContact(one);
    const missing = parsed.ok && required && !required(parsed.value);
    if (!parsed.ok || missing) {
      const problem = parsed.ok
        ? { field: 'dedupeOn', message: `The contact lacks what dedupeOn “${dedupeOn}” compares.` }
        : parsed.error;
      failed.push({ index, code: 'invalid_input', ...problem });
      continue;
    }
    const { contactId, values } = parsed.value;
    const kept = request.contactFields ? restrictToFields(values, request.contactFields, matchOn) : values;
    rows.push(
      intakeRow({
        kind: 'contact',
        body: {
          contactId: dedupeOn === 'id' ? contactId : undefined,
          values: kept,
          matchOn: [...matchOn],
          source: 'API',
        },
      }),
    );
  }
  return { rows, failed };
}

const requiredFor: Partial<Record<string, (write: ContactWrite) => unknown>> = {
  email: ({ values }) => values.email,
  sms: ({ values }) => values.phone,
  email_or_sms: ({ values }) => values.email || values.phone,
  id: ({ contactId }) => contactId,
  externalCustomerId: ({ values }) => values.externalCustomerId,
};
