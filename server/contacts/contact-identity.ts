/** By what a contact can be recognised anywhere: what it is called in the log, in files and in what was sent. */
import { identifierValue } from '#server/identity/contact-record.ts';
import type { Tx } from '#server/storage/database.ts';
import type { PrimaryKind } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { fold } from '#shared/kernel/fold.ts';

export type ContactIdentity = {
  id: number;
  /** As stored: External IDs as they are, e-mails folded, phones E.164. */
  identifiers: { kind: PrimaryKind; value: string }[];
  firstName: string | null;
  lastName: string | null;
};

type Row = {
  email: string | null;
  phone: string | null;
  external: string | null;
  first: string | null;
  last: string | null;
};

/** Reads it, optionally locking the contact; null when there is no such contact. Addresses it was ever mailed at count too. */
export async function readIdentity(tx: Tx, id: number, lock: boolean): Promise<ContactIdentity | null> {
  const { rows } = await tx.query<Row>(
    `select email, phone, external_customer_id as external, first_name as first, last_name as last
       from contact where id = $1 ${lock ? 'for update' : ''}`,
    [id],
  );
  const [contact] = rows;
  if (!contact) return null;
  const held = await tx.query<{ kind: PrimaryKind; value: string }>(
    'select kind, value from identifier where contact_id = $1',
    [id],
  );
  const mailed = await tx.query<{ address: string }>(
    'select distinct address from delivery where contact_id = $1 and address is not null',
    [id],
  );
  const found = new Map<string, { kind: PrimaryKind; value: string }>();
  const add = (kind: PrimaryKind, text: string | null) => {
    if (text === null) return;
    const value = identifierValue(kind, text);
    found.set(`${kind}:${value}`, { kind, value });
  };
  for (const { kind, value } of held.rows) add(kind, value);
  for (const { address } of mailed.rows) add('email', fold(address));
  add('email', contact.email);
  add('phone', contact.phone);
  add('externalCustomerId', contact.external);
  return { id, identifiers: [...found.values()], firstName: contact.first, lastName: contact.last };
}

/** Its identifiers as values, for whoever locks identities. */
export const valuesOf = ({ identifiers }: ContactIdentity): ContactValues[] =>
  identifiers.map(({ kind, value }) => ({ [kind]: value }));

export const identifiersOfKind = ({ identifiers }: ContactIdentity, kind: PrimaryKind): string[] =>
  identifiers.filter((one) => one.kind === kind).map(({ value }) => value);
