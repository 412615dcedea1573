/**
 * One step of a bulk change: a few hundred contacts in the caller's transaction. Each answers what it replaced, so that it
 * can be taken back. Locks come in everybody's order: identities, then contacts by id, then what hangs on them.
 */
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { hideContacts } from '#server/identity/restore-deleted.ts';
import { writeContacts } from '#server/identity/write-contacts.ts';
import { deleteMemberships, lockMembers, putMemberships } from '#server/lists/memberships.ts';
import type { Tx } from '#server/storage/database.ts';
import { resubscribeAddresses, unsubscribeAddresses } from '#server/subscriptions/addresses.ts';
import type { Word } from '#server/subscriptions/consent-ledger.ts';
import { leave, subscribe } from '#server/subscriptions/subscriptions.ts';
import { ALL_CATEGORIES, type BulkAction, type BulkSkip } from '#shared/contact/bulk.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { tagListId } from '#shared/contact/tag.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { type FieldValue, fieldValue } from './field-value.ts';

/** What one contact had before, and has now. */
export type BulkChange = { contactId: number; before: unknown; after: unknown };
export type StepOutcome = {
  changed: number;
  /** Empty where nothing can be taken back. */
  changes: BulkChange[];
  skipped: Partial<Record<BulkSkip, number>>;
};
export type StepContext = { now: number; by: { id: string; name: string }; specs: FieldSpecs; zone: string };

const SOURCE = 'App';

export function applyStep(
  tx: Tx,
  ids: readonly number[],
  action: BulkAction,
  context: StepContext,
): Promise<StepOutcome> {
  switch (action.type) {
    case 'field':
      return setField(tx, ids, fieldValue(action, context), context);
    case 'list':
      return setMembership(tx, ids, { listId: action.listId, member: action.member }, context);
    case 'tag':
      return setMembership(tx, ids, { listId: tagListId(action.tag), member: action.add }, context);
    case 'subscription':
      return setSubscription(tx, ids, action, context);
    case 'delete':
      return deleteContacts(tx, ids, context);
    default:
      return assertUnreachable(action);
  }
}

/** The outcome of a step that found `there` of `asked`, with what it changed. */
const outcomeOf = (asked: number, there: number, changes: BulkChange[]): StepOutcome => ({
  changed: changes.length,
  changes,
  skipped: { gone: asked - there, unchanged: there - changes.length },
});

async function setField(
  tx: Tx,
  ids: readonly number[],
  { field, stored }: FieldValue,
  { now, by }: StepContext,
): Promise<StepOutcome> {
  const current = await readField(tx, ids, field);
  const changes = [...current]
    .filter(([, before]) => !equalJson(before, stored))
    .map(([contactId, before]) => ({ contactId, before, after: stored }));
  await writeField(
    tx,
    field,
    changes.map(({ contactId, after }) => ({ contactId, value: after })),
    { now, who: by.name },
  );
  return outcomeOf(ids.length, current.size, changes);
}

/** What contacts say in a field, as it is stored; locks them. */
export async function readField(
  tx: Tx,
  ids: readonly number[],
  field: FieldValue['field'],
): Promise<Map<number, unknown>> {
  const value = isFieldId(field) ? `fields -> '${field}'` : `to_jsonb(${contactFields[field].column})`;
  const { rows } = await tx.query<{ id: number; value: unknown }>(
    `select id, ${value} as value from contact where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [ids],
  );
  return new Map(rows.map(({ id, value }) => [id, value ?? null]));
}

export async function writeField(
  tx: Tx,
  field: FieldValue['field'],
  writes: readonly { contactId: number; value: unknown }[],
  deed: { now: number; who: string },
): Promise<void> {
  await writeContacts(
    tx,
    writes.map(({ contactId, value }) =>
      isFieldId(field)
        ? { contactId, values: {}, fields: { [field]: value } }
        : { contactId, values: { [field]: typeof value === 'string' ? value : null } },
    ),
    { source: SOURCE, ...deed },
  );
}

async function setMembership(
  tx: Tx,
  ids: readonly number[],
  { listId, member }: { listId: string; member: boolean },
  { now, by }: StepContext,
): Promise<StepOutcome> {
  const there = await lockMembers(tx, ids);
  const known = await readMemberships(tx, there, listId);
  if (member) {
    const wanted = there.filter((id) => !known.has(id));
    const rows = wanted.map((contactId) => ({ contactId, listId, state: 'member' as const }));
    await putMemberships(tx, rows, { at: now, source: by.name });
    return outcomeOf(
      ids.length,
      there.length,
      wanted.map((contactId) => ({ contactId, before: null, after: { since: now } })),
    );
  }
  await deleteMemberships(tx, [...known.keys()], [listId], { at: now, source: by.name });
  const changes = [...known].map(([contactId, before]) => ({ contactId, before, after: null }));
  return outcomeOf(ids.length, there.length, changes);
}

export type Kept = { since: number; source: string };

/** Who of locked contacts is in the list, since when and by what. */
export async function readMemberships(tx: Tx, ids: readonly number[], listId: string): Promise<Map<number, Kept>> {
  const { rows } = await tx.query<Kept & { id: number }>(
    `select contact_id as id, (extract(epoch from since) * 1000)::bigint as since, source
       from membership where list_id = $2 and contact_id = any($1::bigint[])`,
    [ids, listId],
  );
  return new Map(rows.map(({ id, ...kept }) => [id, kept]));
}

async function setSubscription(
  tx: Tx,
  ids: readonly number[],
  { categoryId, subscribed, evidence }: Extract<BulkAction, { type: 'subscription' }>,
  { now, by }: StepContext,
): Promise<StepOutcome> {
  const word: Word = { source: 'admin', at: now, evidence, by: by.id };
  if (categoryId === ALL_CATEGORIES) return setMail(tx, ids, subscribed, word);
  const say = subscribed ? subscribe : leave;
  const { changed, refused } = await say(tx, ids, [categoryId], word);
  const there = (await lockMembers(tx, ids)).length;
  const unchanged = there - changed - refused.length;
  return { changed, changes: [], skipped: { gone: ids.length - there, refused: refused.length, unchanged } };
}

/** All mail to the address, for everybody who has it. An address is locked before its contacts. */
async function setMail(tx: Tx, ids: readonly number[], allowed: boolean, word: Word): Promise<StepOutcome> {
  const { rows } = await tx.query<{ email: string | null }>(
    'select email from contact where id = any($1::bigint[]) and deleted_at is null order by id',
    [ids],
  );
  const emails = rows.flatMap(({ email }) => email ?? []);
  const say = allowed ? resubscribeAddresses : unsubscribeAddresses;
  const answers = await say(tx, emails, word);
  const why = emails.map((email) => answers.get(fold(email)));
  const unchanged = why.filter((one) => one === 'unchanged').length;
  const refused = why.filter((one) => one !== undefined && one !== 'unchanged').length;
  return {
    changed: emails.length - unchanged - refused,
    changes: [],
    skipped: { gone: ids.length - rows.length, noEmail: rows.length - emails.length, unchanged, refused },
  };
}

async function deleteContacts(tx: Tx, ids: readonly number[], { now }: StepContext): Promise<StepOutcome> {
  await lockIdentifiersOf(tx, ids);
  const there = await lockMembers(tx, ids);
  if (there.length > 0) await hideContacts(tx, there, now);
  return outcomeOf(
    ids.length,
    there.length,
    there.map((contactId) => ({ contactId, before: null, after: { deletedAt: now } })),
  );
}

/** What leads or led to the contacts: nobody finds or gives them anything while they go or come back. */
export async function lockIdentifiersOf(tx: Tx, ids: readonly number[]): Promise<void> {
  const { rows } = await tx.query<Identifier>(
    `select kind, value from identifier where contact_id = any($1::bigint[])
     union select kind, value from deleted_identifier where contact_id = any($1::bigint[])`,
    [ids],
  );
  await lockBuckets(tx, rows);
}
