/** Deleted contacts: their cards stay, but nothing leads to them and nobody sees them, until they are restored. */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { isChangeable } from '#shared/contact/identifiers.ts';
import type { ContactClaim } from './contact-claim.ts';

/** Takes the contacts out of sight. The caller holds them locked. */
export async function hideContacts(tx: Tx, ids: readonly number[], at: number): Promise<void> {
  await tx.query(
    `with gone as (delete from identifier where contact_id = any($1::bigint[]) returning kind, value, contact_id, since, source)
     insert into deleted_identifier (kind, value, contact_id, since, source) select * from gone on conflict do nothing`,
    [ids],
  );
  await tx.query('update contact set deleted_at = $2, updated_at = $2 where id = any($1::bigint[])', [
    ids,
    new Date(at),
  ]);
  await markDirty(tx, 'contact', ids);
}

/**
 * Brings deleted contacts back with what leads to them, except an External ID, cookie or token that somebody else has by
 * now. The caller holds the locks of their identifiers. Answers which came back.
 */
export async function restoreContacts(tx: Tx, ids: readonly number[], at: number): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(
    `update contact c set deleted_at = null, updated_at = $2,
            email_status = case when email_fold is null then 'none' else coalesce(
              (select reason from suppression s where s.channel = 'email' and s.address = c.email_fold), 'subscribed') end
      where id = any($1::bigint[]) and deleted_at is not null
        and not exists (select 1 from contact_alias a where a.id = c.id)
     returning id`,
    [ids, new Date(at)],
  );
  const back = rows.map(({ id }) => id);
  await tx.query(
    `with back as (delete from deleted_identifier where contact_id = any($1::bigint[])
                   returning kind, value, contact_id, since, source)
     insert into identifier (kind, value, contact_id, since, source) select * from back on conflict do nothing`,
    [back],
  );
  // An External ID that somebody else has by now is theirs.
  await tx.query(
    `update contact c set external_customer_id = null, external_customer_id_fold = null
      where id = any($1::bigint[]) and external_customer_id is not null
        and not exists (select 1 from identifier i where i.kind = 'externalCustomerId' and i.contact_id = c.id
                           and i.value = c.external_customer_id)`,
    [back],
  );
  await markDirty(tx, 'contact', back);
  return back;
}

/** The deleted contacts that the claims mean, where no living one has the identifier: the last deleted of several. */
export async function restoreByIdentifiers(tx: Tx, claims: readonly ContactClaim[], at: number): Promise<void> {
  const asked = claims.flatMap(({ identifiers }) => identifiers.filter(({ kind }) => !isChangeable(kind)));
  const ids = claims.flatMap(({ write }) => (write.contactId === undefined ? [] : [write.contactId]));
  const { rows } = await tx.query<{ id: number }>(
    `select distinct on (q.kind, q.value) c.id
       from unnest($1::text[], $2::text[]) as q (kind, value)
       join deleted_identifier d on d.kind = q.kind and d.value = q.value collate "C"
       join contact c on c.id = d.contact_id and c.deleted_at is not null
      where not exists (select 1 from identifier i where i.kind = q.kind and i.value = q.value collate "C")
      order by q.kind, q.value, c.deleted_at desc, c.id desc`,
    [asked.map(({ kind }) => kind), asked.map(({ value }) => value)],
  );
  const found = [...new Set([...rows.map(({ id }) => id), ...ids])];
  if (found.length > 0) await restoreContacts(tx, found, at);
}
