/** A contact added by hand: by the same identity as every other one, so that nobody is here twice. */
import { lockIdentities, writeContact } from '#server/identity/write-contacts.ts';
import { addToLists } from '#server/lists/lists.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { lockAddresses, sayOfAddresses } from '#server/subscriptions/addresses.ts';
import type { Word } from '#server/subscriptions/consent-ledger.ts';
import { subscribe } from '#server/subscriptions/subscriptions.ts';
import type { Caller, ContactPort } from '#shared/api/ports.ts';
import { refusalWords } from '#shared/consent/decide.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import { normaliseIdentifier, type PrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import {
  type AddedContact,
  type ContactOwner,
  type NewContact,
  newContactSchema,
} from '#shared/contact/new-contact.schema.ts';
import { type ContactValues, normaliseContact } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Context = { caller: Caller; region: string | null; now: number };

export function createAddPort({
  db,
  now,
  wake,
  config,
}: Pick<Deps, 'db' | 'now' | 'wake' | 'config'>): Pick<ContactPort, 'add'> {
  const region = config.defaultRegion;
  return {
    async add(caller, given) {
      const input = checked(given, region);
      const values = valuesOf(input, region);
      const done = await db.tx((tx) => add(tx, input, values, { caller, region, now: now() }));
      wake.notify('dirty');
      return done;
    },
  };
}

function checked(given: NewContact, region: string | null): NewContact {
  const parsed = newContactSchema(region).safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError('invalid_input', `${issue?.message}.`, issue?.path.join('.'));
}

function valuesOf(input: NewContact, region: string | null): ContactValues {
  const { email, phone, firstName, lastName, externalCustomerId, languageCode } = input;
  const values = normaliseContact({ email, phone, firstName, lastName, externalCustomerId, languageCode }, region);
  if (!values.ok) throw new UserError('invalid_input', `${values.error.message}.`, values.error.field);
  return values.value;
}

async function add(
  tx: Tx,
  input: NewContact,
  values: ContactValues,
  { caller, region, now }: Context,
): Promise<AddedContact> {
  // What is said of an address is locked before its contacts.
  await lockAddresses(tx, values.email ? [values.email] : []);
  await lockIdentities(tx, [values]);
  const owners = await findOwners(tx, values, region);
  if (owners.length > 0) return { added: null, owners };
  const { id } = await writeContact(tx, { values }, { source: `Added by ${caller.name}`, who: caller.name, now });
  await addLists(tx, id, input.listIds, { source: caller.name, now });
  await sayOfMail(tx, values.email ?? null, input, { source: 'admin', by: caller.userId, at: now });
  await sayOfCategories(tx, id, input, { source: 'admin', by: caller.userId, at: now });
  return { added: id, owners: [] };
}

/** Whose they are. A person looks before they write over somebody. */
async function findOwners(tx: Tx, values: ContactValues, region: string | null): Promise<ContactOwner[]> {
  const found: ContactOwner[] = [];
  for (const field of primaryKinds) {
    const owner = await findOwner(tx, field, values[field] ?? '', region);
    if (owner) found.push({ field, ...owner });
  }
  return found;
}

async function findOwner(tx: Tx, kind: PrimaryKind, text: string, region: string | null) {
  const identifier = text === '' ? null : normaliseIdentifier(kind, text, region);
  if (!identifier) return null;
  const { rows } = await tx.query<Parameters<typeof contactName>[0]>(
    `select c.id, c.email, c.phone, c.external_customer_id as "externalCustomerId", c.first_name as "firstName",
            c.last_name as "lastName"
       from identifier i join contact c on c.id = i.contact_id and c.deleted_at is null
      where i.kind = $1 and i.value = $2 collate "C" order by c.id limit 1`,
    [kind, identifier.value],
  );
  const [row] = rows;
  return row ? { contactId: row.id, name: contactName(row) } : null;
}

async function addLists(tx: Tx, id: number, listIds: readonly string[], by: { source: string; now: number }) {
  if (listIds.length === 0) return;
  const { unknown } = await addToLists(tx, [id], listIds, by);
  if (unknown.length > 0) throw new UserError('not_found', 'One of these lists does not exist any more.', 'listIds');
}

/** A colleague's word is kept as theirs, with how they know; without one the address waits for its owner's. */
async function sayOfMail(tx: Tx, email: string | null, { mayMail, evidence }: NewContact, word: Word): Promise<void> {
  if (email === null) return;
  const said = mayMail
    ? await sayOfAddresses(tx, [email], 'granted', { ...word, evidence })
    : await sayOfAddresses(tx, [email], 'unconfirmed', { ...word, evidence: 'Added by hand; not asked yet' });
  const [why] = said.values();
  if (mayMail && why && why !== 'unchanged') throw new UserError('conflict', refusalWords[why], 'mayMail');
}

async function sayOfCategories(tx: Tx, id: number, { categoryIds, evidence }: NewContact, word: Word): Promise<void> {
  if (categoryIds.length === 0) return;
  const { unknown } = await subscribe(tx, [id], categoryIds, { ...word, evidence });
  if (unknown.length > 0) {
    throw new UserError('not_found', 'One of these categories does not exist any more.', 'categoryIds');
  }
}
