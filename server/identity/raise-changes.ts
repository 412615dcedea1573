/**
 * New contacts and changed values as events, where somebody switched them on (src-shared/event/system-events.ts). What a merge
 * gives the card that stays is told by the merge.
 */
import { type Raised, raise, readKept, readNames } from '#server/intake/system-events.ts';
import type { Tx } from '#server/storage/database.ts';
import { contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import type { ContactRecord } from './contact-record.ts';
import type { WriteOptions } from './write-contacts.ts';

const CREATED = 'muster.created';
const CHANGED = 'muster.fieldChanged';

type Stored = { created: readonly ContactRecord[]; updated: readonly ContactRecord[] };

/** Costs one look at the switches for a batch that stores anything; values are never told. */
export async function raiseChanges(
  tx: Tx,
  { created, updated }: Stored,
  { source, now, who = source }: WriteOptions,
): Promise<void> {
  const wanted = [...(created.length > 0 ? [CREATED] : []), ...(updated.length > 0 ? [CHANGED] : [])];
  if (wanted.length === 0) return;
  const kept = await readKept(tx, wanted);
  if (kept.has(CREATED)) await raise(tx, CREATED, created.map(creation), now);
  if (kept.has(CHANGED)) await raise(tx, CHANGED, await fieldChanges(tx, updated, who), now);
}

const creation = ({ id, source }: ContactRecord): Raised => ({ contactId: id, params: { source: source ?? '' } });

async function fieldChanges(tx: Tx, updated: readonly ContactRecord[], by: string): Promise<Raised[]> {
  const names = await readNames(tx, [...new Set(updated.flatMap((record) => Object.keys(record.fieldChanges)))]);
  const nameOf = (field: string): string => names.get(field) ?? field;
  const alive = updated.filter(({ mergedInto }) => mergedInto === null);
  return alive.flatMap(({ id, before, values, fieldChanges: additional }) => {
    const fixed = writableContactFields
      .filter((field) => before !== null && before[field] !== values[field])
      .map((field) => ({ name: contactFields[field].label, field }));
    const others = Object.keys(additional)
      .filter(isFieldId)
      .map((field) => ({ name: nameOf(field), field }));
    return [...fixed, ...others].map((params) => ({ contactId: id, params: { ...params, by } }));
  });
}
