import { lockIdentities, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { type ContactEdit, type EditableField, editableFields } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type ContactValues, normaliseContact } from '#shared/contact/normalise.ts';
import type { Problem } from './document-check.ts';

type EditOutcome = { ok: true; edit: ContactEdit } | { ok: false; problem: Problem };

const columns = editableFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ');

/** Locks what the edits touch, in the order in which every writer of contacts does; nothing else may be locked before. */
async function lockContacts(
  tx: Tx,
  edits: readonly ContactEdit[],
): Promise<Map<number, Record<EditableField, string | null>>> {
  await lockIdentities(
    tx,
    edits.map(({ field, to }) => ({ [field]: to })),
  );
  const { rows } = await tx.query<Record<EditableField, string | null> & { id: number }>(
    `select id, ${columns} from contact where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [edits.map(({ contactId }) => contactId)],
  );
  return new Map(rows.map((row) => [row.id, row]));
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
  const writes: { contactId: number; values: ContactValues }[] = [];
  for (const [id, edit] of edits) {
    if (!isNew(id)) continue;
    const contact = contacts.get(edit.contactId);
    if (!contact) {
      outcomes.set(id, {
        ok: false,
        problem: { code: 'not_found', message: 'This contact no longer exists.', field: 'contactId' },
      });
      continue;
    }
    const { field } = edit;
    const given: ContactValues = { country: contact.country, [field]: edit.to };
    const normalised = normaliseContact(given);
    if (!normalised.ok) {
      const { label } = contactFields[field];
      const message = `${label}${normalised.error.message.slice(normalised.error.field.length)}`;
      outcomes.set(id, { ok: false, problem: { code: 'invalid_input', message, field } });
      continue;
    }
    const to = normalised.value[field] ?? null;
    const current = contact[field];
    const unseen = current !== edit.from && current !== to;
    outcomes.set(id, { ok: true, edit: { ...edit, to, replaced: unseen ? current : undefined } });
    contact[field] = to;
    writes.push({ contactId: edit.contactId, values: { [field]: to } });
  }
  await writeContacts(tx, writes, { source: 'App', now: options.now });
  return outcomes;
}
