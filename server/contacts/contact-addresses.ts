/** Emails and phones of one contact: several of each, one of them primary. */

import { lockBuckets } from '#server/identity/identity-locks.ts';
import { writeContacts } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import type { ContactPort } from '#shared/api/ports.ts';
import type { AddressChange, ContactAddress } from '#shared/contact/contact-address.schema.ts';
import { type Identifier, identifiers, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';

function readAddresses(db: Pick<Database, 'query'>, contactId: number): Promise<ContactAddress[]> {
  return db.query<ContactAddress>(
    `select i.kind, case when own.is_primary then own.shown else i.value end as value, own.is_primary as primary,
            (extract(epoch from i.since) * 1000)::bigint as since, i.source, s.reason as stopped
       from identifier i join contact c on c.id = i.contact_id
       cross join lateral (select case i.kind when 'email' then c.email else c.phone end as shown,
         i.value = case i.kind when 'email' then c.email_fold else c.phone end as is_primary) own
       left join suppression s on s.channel = i.kind and s.address = i.value
      where i.contact_id = $1 and i.kind in ('email', 'phone')
      order by i.kind, own.is_primary desc, i.since nulls first, i.value`,
    [contactId],
  );
}

async function change(tx: Tx, { contactId, act, kind, value }: AddressChange, region: string | null, now: number) {
  const identifier = normaliseIdentifier(kind, value, region);
  if (!identifier) {
    const what = identifiers[kind].label;
    throw new UserError('invalid_input', `${what} “${value.slice(0, 60)}” cannot be read.`, 'value');
  }
  await lockBuckets(tx, [identifier]);
  const { rows } = await tx.query<{ primary: string | null; held: boolean }>(
    `select case $3 when 'email' then email_fold when 'phone' then phone end as primary,
            exists (select 1 from identifier where contact_id = $1 and kind = $3 and value = $2) as held
       from contact where id = $1 and deleted_at is null for update`,
    [contactId, identifier.value, kind],
  );
  const [contact] = rows;
  if (!contact) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
  if (act !== 'add' && !contact.held) {
    throw new UserError(
      'not_found',
      `This contact does not have this ${identifiers[kind].label.toLowerCase()} any more.`,
      'value',
    );
  }
  if (act === 'makePrimary' && kind === 'loyaltyNumber') {
    throw new UserError('invalid_input', 'A loyalty number is never the primary one.', 'act');
  }
  if (act === 'remove' && contact.primary !== identifier.value) return dropFurther(tx, contactId, identifier);
  const write =
    act === 'add'
      ? { values: {}, identifiers: [identifier] }
      : { values: { [kind]: act === 'remove' ? null : identifier.value } };
  await writeContacts(tx, [{ contactId, ...write }], { source: 'App', now });
}

async function dropFurther(tx: Tx, contactId: number, { kind, value }: Identifier): Promise<void> {
  await tx.query('delete from identifier where contact_id = $1 and kind = $2 and value = $3', [contactId, kind, value]);
}

export function createAddressPort({
  db,
  now,
  wake,
  config,
}: Pick<Deps, 'db' | 'now' | 'wake' | 'config'>): Pick<ContactPort, 'addresses' | 'changeAddress'> {
  return {
    addresses: (_caller, contactId) => readAddresses(db, contactId),
    async changeAddress(_caller, input) {
      await db.tx((tx) => change(tx, input, config.defaultRegion, now()));
      wake.notify('dirty');
      return readAddresses(db, input.contactId);
    },
  };
}
