/** POST /v1/contacts: from its body to rows of the log, contact by contact; one that cannot be taken never stops the others. */
import type { ContactWrite } from '#server/identity/write-contacts.ts';
import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import type { BodyProblem, Failure } from '#server/intake/parse-body.ts';
import {
  type ContactsInput,
  type DedupeKey,
  matchingOrder,
  restrictToFields,
} from '#shared/contact/contact-input.schema.ts';
import type { FieldSpec } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type FieldFinder, parseContact } from './contact-parse.ts';

export type BulkFailure = Failure & { externalCustomerId?: unknown; channels?: unknown };
export type ParsedContacts = { rows: IntakeRow[]; failed: BulkFailure[]; ignored: (BodyProblem & { index: number })[] };

type Request = {
  body: ContactsInput;
  dedupeOn: DedupeKey;
  keyField: FieldSpec | null;
  /** Ids of the additional fields that may be written; null = all. */
  customFields: readonly string[] | null;
  session: string;
};

const has = (kind: string) => (write: ContactWrite) => write.identifiers?.some((one) => one.kind === kind);
const requiredFor: Partial<Record<DedupeKey, (write: ContactWrite) => unknown>> = {
  email: ({ values }) => values.email,
  sms: ({ values }) => values.phone,
  email_or_sms: ({ values }) => values.email || values.phone,
  push: has('mobileToken'),
  webpush: has('webPushToken'),
  id: ({ contactId }) => contactId,
  externalCustomerId: ({ values }) => values.externalCustomerId,
};

export function parseContacts(
  body: ContactsInput,
  { fields, session, region }: { fields: FieldFinder; session: string; region: string | null },
): ParsedContacts {
  const request: Request = {
    body,
    dedupeOn: body.dedupeOn ?? 'externalCustomerId',
    keyField: keyFieldOf(body, fields),
    customFields: customFieldsOf(body, fields),
    session,
  };
  const parsed: ParsedContacts = { rows: [], failed: [], ignored: [] };
  for (const [index, one] of body.contacts.entries()) {
    const contact = parseContact(one, fields, region);
    const row = contact.ok ? rowOf(request, contact.value.write, index) : contact.error;
    if ('field' in row) parsed.failed.push({ index, code: 'invalid_input', ...row, ...echo(one) });
    else parsed.rows.push(row);
    if (contact.ok) for (const problem of contact.value.ignored) parsed.ignored.push({ index, ...problem });
  }
  return parsed;
}

/** Whether the contact has nothing of what it is to be found by. */
export const lacksKey = (dedupeOn: DedupeKey, write: ContactWrite): boolean =>
  requiredFor[dedupeOn] !== undefined && !requiredFor[dedupeOn](write);

export function keyFieldOf(
  { dedupeOn, fieldId }: Pick<ContactsInput, 'dedupeOn' | 'fieldId'>,
  fields: FieldFinder,
): FieldSpec | null {
  if (dedupeOn !== 'fieldId') return null;
  if (fieldId === undefined || fieldId === null) {
    throw new UserError('invalid_input', 'fieldId is required with dedupeOn “fieldId”', 'fieldId');
  }
  const found = fields.find(fieldId);
  if (!found) throw new UserError('invalid_input', `fieldId: there is no additional field ${fieldId}`, 'fieldId');
  return found;
}

function customFieldsOf({ customFieldsIDs }: ContactsInput, fields: FieldFinder): string[] | null {
  if (!customFieldsIDs) return null;
  return customFieldsIDs.map((id) => {
    const found = fields.find(id);
    if (found) return found.id;
    throw new UserError('invalid_input', `customFieldsIDs: there is no additional field ${id}`, 'customFieldsIDs');
  });
}

function rowOf(request: Request, write: ContactWrite, index: number): IntakeRow | BodyProblem {
  const { body, dedupeOn, keyField, session } = request;
  const lacks = { field: 'dedupeOn', message: `The contact lacks what dedupeOn “${dedupeOn}” compares.` };
  if (body.dedupeOn && lacksKey(body.dedupeOn, write)) return lacks;
  const key = keyField && write.fields?.[keyField.id];
  if (keyField && (key === undefined || key === null)) return lacks;
  const matchOn = matchingOrder[dedupeOn];
  const { groupNames, groupNamesExclude } = body;
  return intakeRow(
    {
      kind: 'contact',
      body: {
        contactId: dedupeOn === 'id' ? write.contactId : undefined,
        values: body.contactFields ? restrictToFields(write.values, body.contactFields, matchOn) : write.values,
        identifiers: [...(write.identifiers ?? [])],
        fields: maskFields(write.fields, request),
        matchOn: [...matchOn],
        source: 'API',
        restoreDeleted: body.restoreDeleted ?? undefined,
        byField: keyField ? { id: keyField.id, value: String(key) } : undefined,
        lists: groupNames || groupNamesExclude ? { add: groupNames ?? [], remove: groupNamesExclude ?? [] } : undefined,
        eventForNew: body.eventKeyForNewContacts || undefined,
        session: { id: session, item: index },
      },
    },
    // One lane: whoever looks for values of an additional field reads all contacts, once a batch.
    { lane: keyField ? keyField.id : null },
  );
}

/** Applies customFieldsIDs: what is not listed is left alone, what is listed and absent is cleared. */
function maskFields(
  given: ContactWrite['fields'],
  { customFields, keyField }: Request,
): Record<string, unknown> | undefined {
  if (!customFields) return given && { ...given };
  const listed = keyField && !customFields.includes(keyField.id) ? [...customFields, keyField.id] : customFields;
  return Object.fromEntries(listed.map((id) => [id, given?.[id] ?? null]));
}

/** What tells the sender which contact failed. */
function echo(contact: unknown): Pick<BulkFailure, 'externalCustomerId' | 'channels'> {
  if (typeof contact !== 'object' || contact === null) return {};
  const { externalCustomerId, channels } = { externalCustomerId: undefined, channels: undefined, ...contact };
  return { externalCustomerId, channels };
}
