/** What is known of a contact outside of the contact itself. Each statement is one kind of trace. */
import type { Tx } from '#server/storage/database.ts';
import { eraseOptIns } from '#server/subscriptions/opt-in.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type ContactIdentity, identifiersOfKind } from './contact-identity.ts';

const asRegex = (text: string): string => `(^|[^[:alnum:]])${text.replace(/[^\p{L}\p{N}]/gu, '\\$&')}($|[^[:alnum:]])`;

/** A phone as it may be written in a file: its last digits say enough. */
const lastDigits = (phone: string): string => phone.replace(/\D/g, '').slice(-9);

/**
 * Takes what waits in the log, or was set aside from it, and means the contact. Comes before every other lock, because the
 * worker that applies the log locks its rows first. A row that names another External ID means somebody else.
 */
export async function eraseFromLog(tx: Tx, contact: ContactIdentity): Promise<void> {
  const values = [
    contact.id,
    identifiersOfKind(contact, 'externalCustomerId'),
    identifiersOfKind(contact, 'email'),
    identifiersOfKind(contact, 'phone'),
    contact.identifiers.map(({ kind, value }) => `${kind}:${value}`),
  ];
  for (const table of ['intake', 'intake_parked']) {
    await tx.query(
      `delete from ${table}
        where payload ->> 'contactId' = $1::bigint::text
           or payload #>> '{values,externalCustomerId}' = any($2::text[])
           or (payload #>> '{values,externalCustomerId}' is null
               and (lower(payload #>> '{values,email}') = any($3::text[]) or payload #>> '{values,phone}' = any($4::text[])
                    or exists (select 1
                         from jsonb_array_elements(case jsonb_typeof(payload -> 'identifiers')
                                when 'array' then payload -> 'identifiers' else '[]' end) as i
                        where (i ->> 'kind') || ':' || (i ->> 'value') = any($5::text[]))))`,
      values,
    );
  }
}

/** Lines of files that were not taken in and hold one of its identifiers, or both of its names. */
export async function eraseFromFiles(tx: Tx, contact: ContactIdentity): Promise<void> {
  const { firstName, lastName } = contact;
  await tx.query(
    `delete from import_reject
      where exists (select 1 from unnest($1::text[]) as email where strpos(lower(raw), email) > 0)
         or exists (select 1 from unnest($2::text[]) as digits
                     where strpos(regexp_replace(raw, '[^0-9]', '', 'g'), digits) > 0)
         or exists (select 1 from unnest($3::text[]) as id where raw ~ id)
         or ($4::text is not null and $5::text is not null and strpos(raw, $4) > 0 and strpos(raw, $5) > 0)`,
    [
      identifiersOfKind(contact, 'email'),
      identifiersOfKind(contact, 'phone').map(lastDigits),
      identifiersOfKind(contact, 'externalCustomerId').map(asRegex),
      firstName,
      lastName,
    ],
  );
}

/** Addresses nobody else has: what was sent to them as a test, and that they get no mail. */
export async function eraseAddresses(tx: Tx, contact: ContactIdentity): Promise<void> {
  const emails = identifiersOfKind(contact, 'email');
  await tx.query('delete from test_send where lower(sent_to) = any($1::text[])', [emails]);
  await eraseOptIns(tx, contact.id, emails);
  await tx.query(
    `delete from suppression s
      where s.channel = 'email' and s.address = any($1::text[])
        and not exists (select 1 from identifier i
                         where i.kind = 'email' and i.value = s.address and i.contact_id <> $2)`,
    [emails, contact.id],
  );
}

/**
 * Deliveries stay, for the figures of their campaigns, without the address and what the other side answered. What has
 * not left yet never will. Answers the keys of those whose columns changed.
 */
export async function eraseFromDeliveries(tx: Tx, contactId: number): Promise<number[]> {
  const { rows: open } = await tx.query<{ state: string }>(
    'select state from delivery where contact_id = $1 order by row_id for update',
    [contactId],
  );
  if (open.some(({ state }) => state === 'sending')) {
    throw new UserError('conflict', 'An email to this contact is being handed over right now. Try again in a minute.');
  }
  const { rows } = await tx.query<{ row_id: number }>(
    `update delivery set state = 'skipped', reason = 'deleted' where contact_id = $1 and state = 'queued' returning row_id`,
    [contactId],
  );
  await tx.query('update delivery set address = null, response = null where contact_id = $1', [contactId]);
  await tx.query('delete from outbox where contact_id = $1', [contactId]);
  await tx.query('update delivery_activity set url = null where contact_id = $1 and url is not null', [contactId]);
  return rows.map(({ row_id }) => row_id);
}

/** Orders stay, with their amounts, as orders of nobody known. Answers their keys. */
export async function eraseFromOrders(tx: Tx, contactId: number): Promise<number[]> {
  // In the order in which everybody locks them.
  await tx.query(
    `select 1 from order_registry where external_order_id in (select external_order_id from orders where contact_id = $1)
      order by external_order_id for update`,
    [contactId],
  );
  await tx.query(
    `update order_registry set contact_id = 0
      where external_order_id in (select external_order_id from orders where contact_id = $1)`,
    [contactId],
  );
  await tx.query('update order_line set contact_id = 0, extra = null where contact_id = $1', [contactId]);
  // Without its digest the order is not taken for the same one when it comes again.
  const { rows } = await tx.query<{ row_id: number }>(
    `update orders set contact_id = 0, extra = '{}', digest = '' where contact_id = $1 returning row_id`,
    [contactId],
  );
  return rows.map(({ row_id }) => row_id);
}

/**
 * Events stay as a type and a time, without their parameters. Answers the keys of those whose parameters may be columns.
 */
export async function eraseFromEvents(tx: Tx, contactId: number): Promise<number[]> {
  const { rows } = await tx.query<{ row_id: number }>(
    `select row_id from event e join event_type t on t.id = e.type_id
      where e.contact_id = $1 and e.params <> '{}'
        and exists (select 1 from document d where d.id = left('event-type:' || t.key, 80))
      order by row_id`,
    [contactId],
  );
  await tx.query(
    `update event set params = '{}', key_value = null where contact_id = $1 and (params <> '{}' or key_value is not null)`,
    [contactId],
  );
  return rows.map(({ row_id }) => row_id);
}

/** What bulk changes replaced; a job's own value is gone when it has ended (contacts/bulk). */
export async function eraseFromBulkChanges(tx: Tx, contactId: number): Promise<void> {
  await tx.query('delete from bulk_change where contact_id = $1', [contactId]);
}

/** The contact itself. Its number is never given again. */
export async function eraseContactRow(tx: Tx, contactId: number): Promise<void> {
  await tx.query('delete from identifier where contact_id = $1', [contactId]);
  await tx.query('delete from deleted_identifier where contact_id = $1', [contactId]);
  await tx.query('delete from contact_alias where id = $1', [contactId]);
  await tx.query('delete from import_change where contact_id = $1', [contactId]);
  await tx.query('delete from segment_member where contact_id = $1', [contactId]);
  await tx.query('delete from contact_merge where survivor = $1 or merged = $1', [contactId]);
  await tx.query('delete from contact where id = $1', [contactId]);
}
