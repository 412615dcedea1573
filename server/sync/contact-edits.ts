import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import { readSurvivors } from '#server/identity/load-contacts.ts';
import { type ContactWrite, lockIdentities, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { type ContactEdit, type EditableField, editableFields } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { normaliseField, storedField, textOfStored } from '#shared/contact/field-value.ts';
import { type ContactValues, normaliseContact } from '#shared/contact/normalise.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import type { Problem } from './document-check.ts';
import { queryOf } from './document-store.ts';

type EditOutcome = { ok: true; edit: ContactEdit } | { ok: false; problem: Problem };
/** A contact as the edits of one push find it, each after those before it. */
type Edited = { values: Record<EditableField, string | null>; fields: Record<string, unknown> };
/** What an edit says in the stored form: as text, and as it is written. */
type Change = { to: string | null; current: string | null; write: Pick<ContactWrite, 'values' | 'fields'> };

const columns = editableFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ');

/** Locks what the edits touch, in the order in which every writer of contacts does; nothing else may be locked before. */
async function lockContacts(tx: Tx, edits: readonly ContactEdit[]): Promise<Map<number, Edited>> {
  await lockIdentities(
    tx,
    edits.map(({ field, to }): ContactValues => (isFieldId(field) ? {} : { [field]: to })),
  );
  const wanted = [...new Set(edits.map(({ contactId }) => contactId))];
  const contacts = await readForUpdate(tx, wanted);
  const missing = wanted.filter((id) => !contacts.has(id));
  if (missing.length === 0) return contacts;
  // Who edits a card that was merged meanwhile means the person.
  const survivors = await readSurvivors(tx, missing);
  const unread = [...new Set(survivors.values())].filter((id) => !contacts.has(id));
  for (const [id, contact] of await readForUpdate(tx, unread)) contacts.set(id, contact);
  for (const [id, survivor] of survivors) {
    const contact = contacts.get(survivor);
    if (contact) contacts.set(id, contact);
  }
  return contacts;
}

async function readForUpdate(tx: Tx, ids: readonly number[]): Promise<Map<number, Edited>> {
  const { rows } = await tx.query<Edited['values'] & { id: number; fields: Record<string, unknown> }>(
    `select id, fields, ${columns} from contact where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [ids],
  );
  return new Map(rows.map(({ id, fields, ...values }) => [id, { fields, values }]));
}

/** A value of a field that every workspace has. */
function changeOf(
  { field, to: given }: { field: EditableField; to: string | null },
  { values }: Edited,
): Result<Change, Problem> {
  // The app has brought a phone into its stored form by the workspace's region already.
  const normalised = normaliseContact({ [field]: given }, values.country ?? null);
  if (!normalised.ok) {
    const { label } = contactFields[field];
    const message = `${label}${normalised.error.message.slice(normalised.error.field.length)}`;
    return err({ code: 'invalid_input', message, field });
  }
  const to = normalised.value[field] ?? null;
  const current = values[field];
  values[field] = to;
  return ok({ to, current, write: { values: { [field]: to } } });
}

/** A value of an additional field. */
function fieldChangeOf(
  { field, to: given }: { field: FieldId; to: string | null },
  { fields }: Edited,
  specs: FieldSpecs,
): Result<Change, Problem> {
  const spec = specs.get(field);
  if (!spec) return err({ code: 'not_found', message: 'This field no longer exists.', field });
  if (spec.readOnly) {
    const message = `${spec.label} is filled in by other systems and cannot be edited here.`;
    return err({ code: 'forbidden', message, field });
  }
  const normalised = normaliseField(spec, given);
  if (!normalised.ok) return err({ code: 'invalid_input', message: `${normalised.error.message}.`, field });
  const current = textOfStored(spec.type, storedField(fields[field]));
  fields[field] = normalised.value;
  const to = textOfStored(spec.type, normalised.value);
  return ok({ to, current, write: { values: {}, fields: { [field]: normalised.value } } });
}

/**
 * Gives contacts their edited values, edit by edit in the order given; answers for each what to store, or why not.
 * The later edit wins; a value it replaced unseen is kept in `replaced`. `isNew` is asked once the contacts are locked.
 */
export async function applyContactEdits(
  tx: Tx,
  edits: ReadonlyMap<string, ContactEdit>,
  options: { now: number; isNew: () => Promise<(id: string) => boolean> },
): Promise<Map<string, EditOutcome>> {
  const outcomes = new Map<string, EditOutcome>();
  if (edits.size === 0) return outcomes;
  const contacts = await lockContacts(tx, [...edits.values()]);
  const isNew = await options.isNew();
  const specs = await readFieldSpecs(queryOf(tx));
  const writes: ContactWrite[] = [];
  for (const [id, edit] of edits) {
    if (!isNew(id)) continue;
    const { contactId, field, to } = edit;
    const contact = contacts.get(contactId);
    if (!contact) {
      const message = 'This contact no longer exists.';
      outcomes.set(id, { ok: false, problem: { code: 'not_found', message, field: 'contactId' } });
      continue;
    }
    const change = isFieldId(field) ? fieldChangeOf({ field, to }, contact, specs) : changeOf({ field, to }, contact);
    if (!change.ok) {
      outcomes.set(id, { ok: false, problem: change.error });
      continue;
    }
    const { current, write } = change.value;
    const unseen = current !== edit.from && current !== change.value.to;
    outcomes.set(id, { ok: true, edit: { ...edit, to: change.value.to, replaced: unseen ? current : undefined } });
    writes.push({ contactId, ...write });
  }
  await writeContacts(tx, writes, { source: 'App', now: options.now });
  return outcomes;
}
