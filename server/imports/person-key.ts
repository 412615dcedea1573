/** By what lines of a file are one person's, and which contact that is where the values alone do not find it. */
import { customerKey } from '#server/orders/order-stage.ts';
import type { Tx } from '#server/storage/database.ts';
import type { ImportOptions } from '#shared/api/import.schema.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { type IdentifierKind, isKnownKind } from '#shared/contact/identifiers.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { Person } from './person-parser.ts';

const LOYALTY = '4:';
const MUSTER_ID = '5:';
const FIELD = '6:';
const OTHER = '7:';

type Dedupe = ImportOptions['dedupe'];

/** Null: the line has nothing to tell its person by. */
export function personKey(dedupe: Dedupe, { values, extra }: Person): string | null {
  const { externalCustomerId, email, phone } = values;
  const keyed = (prefix: string, value: unknown) =>
    value === undefined || value === null || typeof value === 'object' ? null : `${prefix}${value}`;
  switch (dedupe) {
    case 'externalCustomerId':
      return externalCustomerId ? customerKey.externalCustomerId(externalCustomerId) : null;
    case 'email':
      return email ? customerKey.email(fold(email)) : null;
    case 'phone':
      return phone ? customerKey.phone(phone) : null;
    case 'loyaltyNumber':
      return keyed(LOYALTY, extra?.further?.find(({ kind }) => kind === 'loyaltyNumber')?.value);
    case 'contactId':
      return keyed(MUSTER_ID, extra?.contactId);
    case 'auto':
      return anyKey({ values, extra });
    default:
      return keyed(FIELD, extra?.fields?.[dedupe]);
  }
}

function anyKey(person: Person): string | null {
  for (const dedupe of ['contactId', 'externalCustomerId', 'email', 'phone', 'loyaltyNumber'] as const) {
    const key = personKey(dedupe, person);
    if (key !== null) return key;
  }
  const other = person.extra?.further?.[0];
  return other ? `${OTHER}${other.kind}:${other.value}` : null;
}

/** Which identifiers find a contact; undefined: all, in matching order. */
export function matchOnOf(dedupe: Dedupe): readonly IdentifierKind[] | undefined {
  if (dedupe === 'auto') return undefined;
  if (isKnownKind(dedupe)) return [dedupe];
  return dedupe === 'contactId' ? ['externalCustomerId', 'email', 'phone'] : ['externalCustomerId'];
}

/**
 * Notes whom a Muster ID, a loyalty number or the value of an additional field means: they count although an email differs.
 * A number that several have, or somebody with another External ID, is left to the matching of contacts.
 */
export async function findKeyHolders(tx: Tx, dedupe: Dedupe): Promise<void> {
  if (dedupe === 'auto' || dedupe === 'contactId') {
    await tx.query(`update import_contact set contact_id = substr(key, 3)::bigint where left(key, 2) = '${MUSTER_ID}'`);
  } else if (dedupe === 'loyaltyNumber') {
    await tx.query(
      `update import_contact p set contact_id = h.id
         from (select i.value, min(c.id) as id, min(c.external_customer_id) as external
                 from identifier i join contact c on c.id = i.contact_id and c.deleted_at is null
                where i.kind = 'loyaltyNumber' group by i.value having count(*) = 1) h
        where left(p.key, 2) = '${LOYALTY}' and substr(p.key, 3) = h.value
          and (h.external is null or coalesce(p."externalCustomerId", h.external) = h.external)`,
    );
  } else if (isFieldId(dedupe)) {
    // One look at all contacts; of several with the value the oldest is meant, as in the API.
    await tx.query(
      `update import_contact p set contact_id = h.id
         from (select min(id) as id, fields ->> $1 as value from contact
                where fields ? $1 and deleted_at is null group by 2) h
        where left(p.key, 2) = '${FIELD}' and substr(p.key, 3) = h.value`,
      [dedupe],
    );
  }
}
