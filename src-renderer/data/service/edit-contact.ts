import { contactTables } from '#renderer/data/columns/contact-index.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpec, isFieldId } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { checkContactInput, checkFieldInput } from './contact-input.ts';
import type { OpenAccount } from './open-account.ts';

type Edit = { contactId: number; field: AnyField; to: string | null };

/** Stores an edit of a contact's field and answers what it said before; undefined, and nothing done, when it says so already. */
export async function editContact(
  account: OpenAccount,
  { contactId, field, to }: Edit,
  { now, newId }: Pick<Platform, 'now' | 'newId'>,
): Promise<string | null | undefined> {
  const { columns, engine, documents, device } = account;
  const spec = isFieldId(field) ? fieldHere(account, field) : null;
  const personal = isFieldId(field) ? spec?.personal === true : contactFields[field].personal;
  // Nobody edits what this device does not hold: the text would be refused, and stay here all the same.
  if (personal && device.record.personal === false) {
    throw new UserError('forbidden', 'This device holds no personal data, so it cannot be changed here.', field);
  }
  await columns.need(contactTables);
  if (!engine.hasContact(contactId)) throw new UserError('not_found', 'This contact does not exist any more.');
  const value = isFieldId(field)
    ? checkFieldInput(must(spec, 'looked up above'), to, account.account.workspace.timeZone)
    : checkContactInput(field, to, countryOf(account, contactId) ?? account.account.workspace.defaultRegion);
  const cell = engine.fieldOf(contactId, field);
  const from = cell === null ? null : spec ? textOfCell(spec.type, cell) : String(cell);
  if (from === value) return undefined;
  const at = now();
  const body = { contactId, field, from, to: value, at, ...(spec ? { personal } : {}) };
  await documents.save('contact-edit', newId(), body, at);
  return from;
}

function fieldHere({ engine }: OpenAccount, field: FieldSpec['id']): FieldSpec {
  const spec = engine.fields.get(field);
  if (!spec) throw new UserError('not_found', 'This field does not exist any more.', field);
  return spec;
}

function countryOf({ engine }: OpenAccount, contactId: number): string | null {
  const country = engine.fieldOf(contactId, 'country');
  return typeof country === 'string' ? country : null;
}
