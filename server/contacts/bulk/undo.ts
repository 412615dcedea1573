/** Takes back what a bulk change did, contact by contact, where nobody changed it since. */

import { z } from 'zod';
import { restoreContacts } from '#server/identity/restore-deleted.ts';
import { deleteMemberships, lockMembers, restoreMemberships } from '#server/lists/memberships.ts';
import type { Tx } from '#server/storage/database.ts';
import type { BulkDeed } from '#shared/contact/bulk.schema.ts';
import { tagListId } from '#shared/contact/tag.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import {
  type BulkChange,
  lockIdentifiersOf,
  readField,
  readMemberships,
  type StepContext,
  type StepOutcome,
  writeField,
} from './actions.ts';

const since = z.object({ since: z.number() });
const kept = since.extend({ source: z.string() });
const deleted = z.object({ deletedAt: z.number() });

export async function undoStep(
  tx: Tx,
  changes: readonly BulkChange[],
  deed: BulkDeed,
  context: StepContext,
): Promise<StepOutcome> {
  const reverted = await revert(tx, changes, deed, context);
  return { changed: reverted, changes: [], skipped: { changedSince: changes.length - reverted } };
}

function revert(tx: Tx, changes: readonly BulkChange[], deed: BulkDeed, context: StepContext): Promise<number> {
  switch (deed.type) {
    case 'field':
      return revertField(tx, changes, deed.field, context);
    case 'list':
      return revertMembership(tx, changes, { listId: deed.listId, member: deed.member }, context);
    case 'tag':
      return revertMembership(tx, changes, { listId: tagListId(deed.tag), member: deed.add }, context);
    case 'delete':
      return bringBack(tx, changes, context);
    case 'subscription':
    case 'undo':
      return Promise.resolve(0);
  }
}

const idsOf = (changes: readonly BulkChange[]): number[] => changes.map(({ contactId }) => contactId);

async function revertField(
  tx: Tx,
  changes: readonly BulkChange[],
  field: Extract<BulkDeed, { type: 'field' }>['field'],
  { now, by }: StepContext,
): Promise<number> {
  const current = await readField(tx, idsOf(changes), field);
  const still = changes.filter(
    ({ contactId, after }) => current.has(contactId) && equalJson(current.get(contactId), after),
  );
  await writeField(
    tx,
    field,
    still.map(({ contactId, before }) => ({ contactId, value: before })),
    { now, who: by.name },
  );
  return still.length;
}

async function revertMembership(
  tx: Tx,
  changes: readonly BulkChange[],
  { listId, member }: { listId: string; member: boolean },
  { now: at, by }: StepContext,
): Promise<number> {
  const deed = { at, source: by.name };
  const there = new Set(await lockMembers(tx, idsOf(changes)));
  const now = await readMemberships(tx, [...there], listId);
  if (member) {
    const still = changes.filter(({ contactId, after }) => now.get(contactId)?.since === since.parse(after).since);
    return deleteMemberships(tx, idsOf(still), [listId], deed);
  }
  const still = changes.filter(({ contactId }) => there.has(contactId) && !now.has(contactId));
  const rows = still.map(({ contactId, before }) => ({ contactId, ...kept.parse(before) }));
  await restoreMemberships(tx, listId, rows, deed);
  return still.length;
}

async function bringBack(tx: Tx, changes: readonly BulkChange[], { now }: StepContext): Promise<number> {
  await lockIdentifiersOf(tx, idsOf(changes));
  const { rows } = await tx.query<{ id: number; at: Date }>(
    'select id, deleted_at as at from contact where id = any($1::bigint[]) and deleted_at is not null order by id for update',
    [idsOf(changes)],
  );
  const at = new Map(rows.map((row) => [row.id, row.at.getTime()]));
  const still = changes.filter(({ contactId, after }) => at.get(contactId) === deleted.parse(after).deletedAt);
  return (await restoreContacts(tx, idsOf(still), now)).length;
}
