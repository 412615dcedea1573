/** What a batch changed of contacts that were there, as an undo needs it. */
import type { WrittenContacts } from '#server/identity/write-contacts.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import type { ImportChange } from './import-run.ts';

export function changesOf(
  { created, updated, gained, merged }: WrittenContacts,
  joined: readonly { contactId: number; listId: string }[],
): ImportChange[] {
  const isNew = new Set(created.map(({ id }) => id));
  // A merge is taken back by itself, on the card.
  const isGone = new Set(merged.map((one) => one.merged));
  const changes = new Map<number, ImportChange>();
  const changeOf = (contactId: number): ImportChange => {
    const found = changes.get(contactId) ?? { contactId, before: {}, after: {} };
    changes.set(contactId, found);
    return found;
  };
  for (const record of updated) {
    if (isGone.has(record.id)) continue;
    const { before, after } = changeOf(record.id);
    for (const field of writableContactFields) {
      const former = record.before?.[field] ?? null;
      if (former === record.values[field]) continue;
      before.values = { ...before.values, [field]: former };
      after.values = { ...after.values, [field]: record.values[field] };
    }
    for (const [id, value] of Object.entries(record.fieldChanges)) {
      before.fields = { ...before.fields, [id]: record.fields[id] ?? null };
      after.fields = { ...after.fields, [id]: value };
    }
  }
  for (const { id, identifier } of gained) {
    if (isNew.has(id) || isGone.has(id)) continue;
    const { after } = changeOf(id);
    after.identifiers = [...(after.identifiers ?? []), identifier];
  }
  for (const { contactId, listId } of joined) {
    if (isNew.has(contactId)) continue;
    const { before, after } = changeOf(contactId);
    before.memberships = { ...before.memberships, [listId]: null };
    after.memberships = { ...after.memberships, [listId]: 'member' };
  }
  return [...changes.values()];
}
