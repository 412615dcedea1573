/**
 * Takes an import back, in batches that may be repeated: what it made is deleted, if nothing happened to it since; what it
 * changed gets its former value, field by field, where nobody changed it since. What a person said about mail stays: a "no"
 * is not taken back by an undo, and proof that was given for a "yes" stays in the ledger.
 */
import { z } from 'zod';
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { hideContacts } from '#server/identity/restore-deleted.ts';
import { lockIdentities, writeContacts } from '#server/identity/write-contacts.ts';
import { deleteMemberships } from '#server/lists/memberships.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { type ImportUndo, importUndo } from '#shared/api/import.schema.ts';
import { contactFields, type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type Identifier, identifierKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { equalJson } from '#shared/kernel/json.ts';

const BATCH = 500;

const snapshot = z.object({
  values: z.partialRecord(z.enum(writableContactFields), z.string().nullable()).default({}),
  fields: z.record(z.string(), z.unknown()).default({}),
  identifiers: z.array(z.object({ kind: z.enum(identifierKinds), value: z.string() })).default([]),
  memberships: z.record(z.string(), z.string().nullable()).default({}),
});
const change = z.object({ contact_id: z.number(), before: snapshot, after: snapshot });
type Change = z.infer<typeof change>;

type Context = { db: Database; importId: string; importedAt: Date; now: number };

/** Runs an undo to its end. `onBatch` may throw to stop between two batches. */
export async function undoImport(context: Context, onBatch: (done: ImportUndo) => Promise<void>): Promise<void> {
  for (const step of [undoCreated, undoChanged]) {
    for (let more = true; more; ) {
      const done = await context.db.tx(async (tx) => {
        const undone = await step(tx, context);
        if (undone === null) return null;
        const { rows } = await tx.query<{ undo: unknown }>('select undo from import where id = $1 for update', [
          context.importId,
        ]);
        const before = importUndo.parse(rows[0]?.undo ?? {});
        const total = {
          removed: before.removed + undone.removed,
          restored: before.restored + undone.restored,
          kept: before.kept + undone.kept,
        };
        await tx.query('update import set undo = $2 where id = $1', [context.importId, JSON.stringify(total)]);
        return total;
      });
      more = done !== null;
      if (done) await onBatch(done);
    }
  }
}

/** Follow from what it brought: nobody did anything. */
const followsOf = `'muster.enteredSegment', 'muster.leftSegment'`;

/** Contacts of an import that are as it left them, and to whom nothing happened since. */
const UNTOUCHED = `
  select c.id from contact c
   where c.id = any($1::bigint[]) and c.deleted_at is null and c.updated_at <= $2
     and not exists (select 1 from orders o where o.contact_id = c.id)
     and not exists (select 1 from delivery d where d.contact_id = c.id)
     and not exists (select 1 from event e where e.contact_id = c.id and e.at <> $2
                        and e.type_id not in (select id from event_type where key = any(array[${followsOf}])))
     and not exists (select 1 from membership m where m.contact_id = c.id and (m.since > $2 or m.source <> 'Import'))
     and not exists (select 1 from contact_alias a where a.survivor = c.id)
     and not exists (select 1 from identifier i where i.contact_id = c.id and i.since > $2)
   order by c.id for update of c`;

async function undoCreated(tx: Tx, { importId, importedAt, now }: Context): Promise<ImportUndo | null> {
  const { rows } = await tx.query<{ seq: number; contact_ids: number[] }>(
    `select seq, contact_ids[1:${BATCH}] as contact_ids from import_created where import_id = $1 order by seq limit 1 for update`,
    [importId],
  );
  const [row] = rows;
  if (!row) return null;
  const ids = row.contact_ids.map(Number);
  await tx.query(
    ids.length < BATCH
      ? 'delete from import_created where import_id = $1 and seq = $2'
      : `update import_created set contact_ids = contact_ids[${BATCH + 1}:] where import_id = $1 and seq = $2`,
    [importId, row.seq],
  );
  const { rows: identifiers } = await tx.query<Identifier>(
    'select kind, value from identifier where contact_id = any($1::bigint[])',
    [ids],
  );
  await lockBuckets(tx, identifiers);
  const { rows: untouched } = await tx.query<{ id: number }>(UNTOUCHED, [ids, importedAt]);
  await hideContacts(
    tx,
    untouched.map(({ id }) => id),
    now,
  );
  return { removed: untouched.length, restored: 0, kept: ids.length - untouched.length };
}

const columns = writableContactFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ');
type Stored = Record<WritableContactField, string | null> & { id: number; fields: Record<string, unknown> };

async function undoChanged(tx: Tx, { importId, importedAt, now }: Context): Promise<ImportUndo | null> {
  const { rows } = await tx.query(
    `delete from import_change where import_id = $1 and contact_id in (
       select contact_id from import_change where import_id = $1 order by contact_id limit ${BATCH})
     returning contact_id, before, after`,
    [importId],
  );
  if (rows.length === 0) return null;
  const changes = z
    .array(change)
    .parse(rows)
    .sort((a, b) => a.contact_id - b.contact_id);
  await lockIdentities(
    tx,
    changes.flatMap(({ before, after }): ContactValues[] => [before.values, after.values]),
    changes.flatMap(({ after }) => after.identifiers),
  );
  const stored = await readStored(tx, changes);
  const plans = changes.map((one) => planOf(one, stored.get(one.contact_id)));
  await writeContacts(
    tx,
    plans.flatMap(({ contactId, values, fields }) =>
      Object.keys(values).length + Object.keys(fields).length > 0 ? [{ contactId, values, fields }] : [],
    ),
    { source: 'Import', now },
  );
  await takeExternalIds(tx, plans, now);
  await takeIdentifiers(tx, changes);
  await leaveLists(tx, changes, { importedAt, now });
  const kept = plans.filter(({ isKept }) => isKept).length;
  return { removed: 0, restored: plans.length - kept, kept };
}

async function readStored(tx: Tx, changes: readonly Change[]): Promise<Map<number, Stored>> {
  const { rows } = await tx.query<Stored>(
    `select id, fields, ${columns} from contact where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [changes.map(({ contact_id }) => contact_id)],
  );
  return new Map(rows.map((row) => [Number(row.id), row]));
}

type Plan = {
  contactId: number;
  values: ContactValues;
  fields: Record<string, unknown>;
  externalId: string | null;
  /** Something was changed since, or the contact is gone. */
  isKept: boolean;
};

/** What of a change is taken back: what still is as the import left it. */
function planOf({ contact_id: contactId, before, after }: Change, stored: Stored | undefined): Plan {
  const plan: Plan = { contactId, values: {}, fields: {}, externalId: null, isKept: stored === undefined };
  if (!stored) return plan;
  for (const field of writableContactFields) {
    const left = after.values[field];
    if (left === undefined) continue;
    if (stored[field] !== left) plan.isKept = true;
    // An External ID is given once by every writer; only here it is taken again.
    else if (field === 'externalCustomerId') plan.externalId = left;
    else plan.values[field] = before.values[field] ?? null;
  }
  for (const [id, left] of Object.entries(after.fields)) {
    if (equalJson(stored.fields[id] ?? null, left ?? null)) plan.fields[id] = before.fields[id] ?? null;
    else plan.isKept = true;
  }
  return plan;
}

async function takeExternalIds(tx: Tx, plans: readonly Plan[], now: number): Promise<void> {
  const taken = plans.filter(({ externalId }) => externalId !== null);
  if (taken.length === 0) return;
  const ids = taken.map(({ contactId }) => contactId);
  await tx.query(`delete from identifier where kind = 'externalCustomerId' and contact_id = any($1::bigint[])`, [ids]);
  await tx.query(
    `update contact set external_customer_id = null, external_customer_id_fold = null, updated_at = $2
      where id = any($1::bigint[])`,
    [ids, new Date(now)],
  );
  await markDirty(tx, 'contact', ids);
}

/** Further identifiers that came with the import and became nobody's first one since. */
async function takeIdentifiers(tx: Tx, changes: readonly Change[]): Promise<void> {
  const gained = changes.flatMap(({ contact_id: id, after }) =>
    after.identifiers.map(({ kind, value }) => ({ id, kind, value })),
  );
  if (gained.length === 0) return;
  await tx.query(
    `delete from identifier i using unnest($1::text[], $2::text[], $3::bigint[]) as g (kind, value, contact_id)
      where i.kind = g.kind and i.value = g.value collate "C" and i.contact_id = g.contact_id
        and not exists (select 1 from contact c where c.id = g.contact_id and (c.email_fold = g.value or c.phone = g.value))`,
    [gained.map(({ kind }) => kind), gained.map(({ value }) => value), gained.map(({ id }) => id)],
  );
}

/** Memberships in lists that the import began and nobody renewed. */
async function leaveLists(
  tx: Tx,
  changes: readonly Change[],
  { importedAt, now }: Pick<Context, 'importedAt' | 'now'>,
): Promise<void> {
  const byList = new Map<string, number[]>();
  for (const { contact_id: id, after } of changes) {
    for (const list of Object.keys(after.memberships)) byList.set(list, [...(byList.get(list) ?? []), id]);
  }
  for (const [list, ids] of byList) {
    const { rows } = await tx.query<{ id: number }>(
      `select contact_id as id from membership
        where contact_id = any($1::bigint[]) and list_id = $2 and since = $3 and source = 'Import'`,
      [ids, list, importedAt],
    );
    await deleteMemberships(
      tx,
      rows.map(({ id }) => id),
      [list],
      { at: now, source: 'Import' },
    );
  }
}
