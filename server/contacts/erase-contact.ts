/**
 * Erasing a contact: one transaction takes its values from every table and tells every device (SPEC.md: ERASE). Locks come
 * in everybody's order: the log, identities, the contact, orders, deliveries, and the feed's counter last.
 */
import { rememberErased } from '#server/identity/erased-identifiers.ts';
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { eraseMemberships } from '#server/lists/memberships.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { eraseFromLedger } from '#server/subscriptions/consent-ledger.ts';
import { type Erased, publishErasure } from '#server/sync/publish-erasure.ts';
import type { ContactPort } from '#shared/api/ports.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { createAddPort } from './add-contact.ts';
import { createAddressPort } from './contact-addresses.ts';
import { exportContact } from './contact-export.ts';
import { createIdentifierPort } from './contact-identifiers.ts';
import { type ContactIdentity, identifiersOfKind, readCards, readIdentity } from './contact-identity.ts';
import { findDuplicates } from './duplicates.ts';
import {
  eraseAddresses,
  eraseContactRow,
  eraseFromBulkChanges,
  eraseFromDeliveries,
  eraseFromEvents,
  eraseFromFiles,
  eraseFromLog,
  eraseFromOrders,
} from './erase-traces.ts';
import { createMergePort } from './merge-contacts.ts';
import { createRemovalPort } from './remove-contact.ts';

/** Any fixed number: contacts are erased one at a time. */
const ERASE_LOCK = 77_213_006;
const ATTEMPTS = 5;

/** Somebody gave the contact another identifier while its old ones were being locked. */
class IdentityMoved extends Error {}

export function createContactPort(deps: Pick<Deps, 'db' | 'now' | 'wake' | 'config'>): ContactPort {
  return {
    ...createMergePort(deps),
    ...createRemovalPort(deps),
    ...createAddPort(deps),
    ...createAddressPort(deps),
    ...createIdentifierPort(deps),
    everything: (_caller, contactId) => exportContact(deps, contactId),
    duplicates: (_caller, after) => findDuplicates(deps.db, after),
    async erase(_caller, contactId) {
      for (let attempt = 1; ; attempt++) {
        try {
          await deps.db.tx((tx) => eraseContact(tx, contactId, deps.now()));
          break;
        } catch (error) {
          if (attempt === ATTEMPTS || !isWorthAnotherTry(error)) throw error;
        }
      }
      deps.wake.notify('feed');
      deps.wake.notify('generation');
    },
  };
}

/** Moved, or chosen by PostgreSQL to give way to another. */
function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof IdentityMoved || (error instanceof Error && 'code' in error && error.code === '40P01');
}

async function eraseContact(tx: Tx, contactId: number, at: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [ERASE_LOCK]);
  const cards: ContactIdentity[] = [];
  for (const id of await readCards(tx, contactId)) cards.push(await lockContact(tx, id));
  await rememberErased(tx, await ownIdentifiers(tx, cards), at);
  const erased: Erased[] = [];
  for (const card of cards) erased.push(await eraseCard(tx, card, at));
  for (const one of erased) await publishErasure(tx, one);
}

async function eraseCard(tx: Tx, contact: ContactIdentity, at: number): Promise<Erased> {
  const contactId = contact.id;
  await eraseAddresses(tx, contact);
  await eraseFromFiles(tx, contact);
  const order = await eraseFromOrders(tx, contactId);
  const event = await eraseFromEvents(tx, contactId);
  const delivery = await eraseFromDeliveries(tx, contactId);
  const membership = await eraseMemberships(tx, contactId);
  await eraseFromLedger(tx, contactId, identifiersOfKind(contact, 'email'));
  await eraseFromBulkChanges(tx, contactId);
  await eraseContactRow(tx, contactId);
  return { contactId, at, keys: { contact: [contactId], order, event, delivery, membership } };
}

/** What leads to nobody else: an address of a household stays the others'. */
async function ownIdentifiers(tx: Tx, cards: readonly ContactIdentity[]): Promise<Identifier[]> {
  const all = cards.flatMap(({ identifiers }) => identifiers);
  const { rows } = await tx.query<Identifier>(
    `select i.kind, i.value from unnest($1::text[], $2::text[]) as q (kind, value)
       join identifier i on i.kind = q.kind and i.value = q.value collate "C"
      where i.contact_id <> all($3::bigint[])`,
    [all.map(({ kind }) => kind), all.map(({ value }) => value), cards.map(({ id }) => id)],
  );
  const others = new Set(rows.map(({ kind, value }) => `${kind}:${value}`));
  return all.filter(({ kind, value }) => !others.has(`${kind}:${value}`));
}

/** Waits for whoever writes the contact, takes what waits for it, and keeps everybody from writing it. */
async function lockContact(tx: Tx, contactId: number): Promise<ContactIdentity> {
  const known = await readIdentity(tx, contactId, false);
  if (!known) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
  await eraseFromLog(tx, known);
  await lockBuckets(tx, known.identifiers);
  // Whoever suppresses an address locks it before its contacts; what they add meanwhile is taken below.
  await eraseAddresses(tx, known);
  const locked = await readIdentity(tx, contactId, true);
  if (!locked) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
  const before = new Set(known.identifiers.map(({ kind, value }) => `${kind}:${value}`));
  if (locked.identifiers.some(({ kind, value }) => !before.has(`${kind}:${value}`))) throw new IdentityMoved();
  return locked;
}
