/** Deleting contacts and bringing them back. */
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { hideContacts, restoreContacts } from '#server/identity/restore-deleted.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { ContactPort } from '#shared/api/ports.ts';
import type { DeletedContact } from '#shared/contact/duplicate.schema.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type Summarised, summaryOf } from './card-summary.ts';

const LISTED = 200;

/** Locks what led or leads to the contact, then the contact itself. */
async function lockContact(tx: Tx, id: number): Promise<void> {
  const { rows } = await tx.query<Identifier>(
    `select kind, value from identifier where contact_id = $1
     union select kind, value from deleted_identifier where contact_id = $1`,
    [id],
  );
  await lockBuckets(tx, rows);
}

async function remove(tx: Tx, id: number, at: number): Promise<void> {
  await lockContact(tx, id);
  const { rows } = await tx.query('select 1 from contact where id = $1 and deleted_at is null for update', [id]);
  if (rows.length === 0) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
  await hideContacts(tx, [id], at);
}

async function restore(tx: Tx, id: number, at: number): Promise<void> {
  await lockContact(tx, id);
  const back = await restoreContacts(tx, [id], at);
  if (back.length === 0) throw new UserError('not_found', 'This contact is not among the deleted ones.', 'contactId');
}

async function listDeleted(db: Deps['db']): Promise<DeletedContact[]> {
  const rows = await db.query<Summarised<'card'> & { deleted_at: Date }>(
    `select ${summaryOf('c')} as card, deleted_at from contact c
      where deleted_at is not null and not exists (select 1 from contact_alias a where a.id = c.id)
      order by deleted_at desc, id desc limit ${LISTED}`,
  );
  return rows.map(({ card, deleted_at }) => ({ ...card, deletedAt: deleted_at.getTime() }));
}

export function createRemovalPort({
  db,
  now,
  wake,
}: Pick<Deps, 'db' | 'now' | 'wake'>): Pick<ContactPort, 'remove' | 'restore' | 'deleted'> {
  const changing = async (work: (tx: Tx) => Promise<void>): Promise<void> => {
    await db.tx(work);
    wake.notify('dirty');
  };
  return {
    remove: (_caller, contactId) => changing((tx) => remove(tx, contactId, now())),
    restore: (_caller, contactId) => changing((tx) => restore(tx, contactId, now())),
    deleted: () => listDeleted(db),
  };
}
