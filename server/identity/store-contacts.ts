/** Writes down what a batch did to its contacts: new and changed ones, identifiers, merges, and what is dirty by it. */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { type ContactIndex, survivorOf } from './contact-index.ts';
import type { ContactRecord } from './contact-record.ts';
import { insertContacts, updateContacts } from './contact-statements.ts';
import { storeHeld } from './held-identifiers.ts';
import { raiseChanges } from './raise-changes.ts';
import { storeMerges } from './store-merges.ts';
import type { ContactOutcome, WriteOptions, WrittenContacts } from './write-contacts.ts';

export async function storeContacts(
  tx: Tx,
  index: ContactIndex,
  meant: ReadonlySet<ContactRecord>,
  options: WriteOptions & { by?: string },
): Promise<Pick<WrittenContacts, 'outcomes' | 'merged' | 'created' | 'updated'>> {
  const { created, updated, unchanged } = sortOut(index, meant);
  const outcomes = new Map<number, ContactOutcome>(unchanged.map(({ id }) => [id, 'unchanged']));
  await insertContacts(tx, created, options);
  await updateContacts(tx, updated, options);
  const heldBy = await storeHeld(tx, index, options);
  const merged = await storeMerges(tx, index.merges, options);
  for (const id of [...heldBy, ...merged.map(({ survivor }) => survivor)]) outcomes.set(id, 'updated');
  for (const record of updated) outcomes.set(record.id, 'updated');
  for (const record of created) outcomes.set(record.id, 'created');
  for (const one of merged) outcomes.delete(one.merged);
  await raiseChanges(tx, { created, updated }, options);
  await markDirty(
    tx,
    'contact',
    [...created, ...updated].map((record) => record.id),
  );
  return { outcomes, merged, created, updated };
}

/** What a batch came to, by what there is to store. */
function sortOut(index: ContactIndex, meant: ReadonlySet<ContactRecord>) {
  const touched = new Set(meant);
  for (const { survivor, merged } of index.merges) {
    touched.add(survivorOf(survivor));
    touched.add(merged);
  }
  const created: ContactRecord[] = [];
  const updated: ContactRecord[] = [];
  const unchanged: ContactRecord[] = [];
  for (const record of touched) {
    if (record.isNew && record.mergedInto) touched.add(survivorOf(record));
    else if (record.isNew) created.push(record);
    else (record.hasChanged() ? updated : unchanged).push(record);
  }
  return { created, updated, unchanged };
}

/** What storing the batch would come to. */
export function outcomesOf(
  index: ContactIndex,
  meant: ReadonlySet<ContactRecord>,
): Pick<WrittenContacts, 'outcomes' | 'merged' | 'created' | 'updated'> {
  const { created, updated, unchanged } = sortOut(index, meant);
  const gained = new Set(index.gained.map(({ record }) => survivorOf(record).id));
  const outcomes = new Map<number, ContactOutcome>();
  for (const { id } of unchanged) outcomes.set(id, gained.has(id) ? 'updated' : 'unchanged');
  for (const { id } of updated) outcomes.set(id, 'updated');
  for (const { id } of created) outcomes.set(id, 'created');
  for (const { merged } of index.merges) outcomes.delete(merged.id);
  return { outcomes, merged: [], created, updated };
}
