/** By what a contact can be recognised anywhere: what it is called in the log, in files and in what was sent. */
import { identifierValue } from '#server/identity/contact-record.ts';
import type { Tx } from '#server/storage/database.ts';
import { type Identifier, type IdentifierKind, primaryKinds } from '#shared/contact/identifiers.ts';
import { fold } from '#shared/kernel/fold.ts';

export type ContactIdentity = {
  id: number;
  /** As stored: External IDs as they are, e-mails folded, phones E.164. */
  identifiers: Identifier[];
  firstName: string | null;
  lastName: string | null;
};

type Row = {
  email: string | null;
  phone: string | null;
  externalCustomerId: string | null;
  first: string | null;
  last: string | null;
};

/**
 * Reads it, optionally locking the contact; null when there is no such contact. Addresses it was ever mailed at count too,
 * and what led to it before it was deleted.
 */
export async function readIdentity(tx: Tx, id: number, lock: boolean): Promise<ContactIdentity | null> {
  const { rows } = await tx.query<Row>(
    `select email, phone, external_customer_id as "externalCustomerId", first_name as first, last_name as last
       from contact where id = $1 ${lock ? 'for update' : ''}`,
    [id],
  );
  const [contact] = rows;
  if (!contact) return null;
  const held = await tx.query<Identifier>(
    `select kind, value from identifier where contact_id = $1
     union select kind, value from deleted_identifier where contact_id = $1`,
    [id],
  );
  const mailed = await tx.query<{ address: string }>(
    'select distinct address from delivery where contact_id = $1 and address is not null',
    [id],
  );
  const found = new Map<string, Identifier>();
  const add = (kind: IdentifierKind, value: string) => found.set(`${kind}:${value}`, { kind, value });
  for (const { kind, value } of held.rows) add(kind, value);
  for (const { address } of mailed.rows) add('email', fold(address));
  for (const kind of primaryKinds) {
    const text = contact[kind];
    if (text !== null) add(kind, identifierValue(kind, text));
  }
  return { id, identifiers: [...found.values()], firstName: contact.first, lastName: contact.last };
}

/** The card and those that were merged into it, the living one first. */
export async function readCards(tx: Tx, id: number): Promise<number[]> {
  const { rows } = await tx.query<{ survivor: number }>('select survivor from contact_alias where id = $1', [id]);
  const survivor = rows[0]?.survivor ?? id;
  const merged = await tx.query<{ id: number }>('select id from contact_alias where survivor = $1 order by id', [
    survivor,
  ]);
  return [survivor, ...merged.rows.map((row) => row.id)];
}

export const identifiersOfKind = ({ identifiers }: ContactIdentity, kind: IdentifierKind): string[] =>
  identifiers.filter((one) => one.kind === kind).map(({ value }) => value);
