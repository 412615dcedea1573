/**
 * The one way contacts are written: by the API, the intake worker, imports, demo data. A batch resolves its rows one
 * after another (src-shared/contact/resolve-identity.ts), writes only what really changed, keeps folded columns and
 * identifiers in step, and marks the changed contacts dirty, all in the caller's transaction.
 *
 * Two writers never create one person twice: before it looks, a batch locks the buckets of all its identifiers, once
 * and in order. So a transaction calls this at most once (or takes all locks first, by lockIdentities).
 */
import type { Tx } from '#server/storage/database.ts';
import { type Identifier, type IdentifierKind, primaryKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { allIdentifiers, type ContactClaim, claimOf } from './contact-claim.ts';
import { ContactIndex, survivorOf } from './contact-index.ts';
import type { ContactRecord } from './contact-record.ts';
import { type Admitted, admitClaims } from './erased-identifiers.ts';
import { lockBuckets } from './identity-locks.ts';
import { loadContacts } from './load-contacts.ts';
import { restoreByIdentifiers } from './restore-deleted.ts';
import { outcomesOf, storeContacts } from './store-contacts.ts';
import type { StoredMerge } from './store-merges.ts';

export type ContactWrite = {
  /** The internal id, where the writer knows it; identifiers count when there is no such contact (any more). */
  contactId?: number;
  /** Normalised (normaliseContact). */
  values: ContactValues;
  /** What else identifies the contact, normalised (normaliseIdentifier): further emails and phones, cookies, tokens. */
  identifiers?: readonly Identifier[];
  /** Additional fields by their id, normalised; null clears. */
  fields?: Readonly<Record<string, unknown>>;
  /** Which identifiers find the contact, in order. Default: all, in matching order. Cookies and tokens always do. */
  matchOn?: readonly IdentifierKind[];
  /** A deleted contact with these identifiers comes back; otherwise a new one is made. */
  restoreDeleted?: boolean;
  /** The person did this themselves just now (signed up, subscribed): also who was erased may come back. */
  freshAct?: boolean;
  /** Finds a contact, but makes none: for what somebody did who has not said who they are. */
  onlyKnown?: boolean;
  /** Fills what is empty, replaces nothing and merges nobody who is known: no one vouches for it, as for what any page may send. */
  onlyFill?: boolean;
  /** Epoch ms, for contacts whose age is known; default now. */
  createdAt?: number;
  /** For a contact this row creates, instead of the batch's. */
  source?: string;
};

export type ContactOutcome = 'created' | 'updated' | 'unchanged';

export type WriteOptions = {
  /** Stored on contacts this batch creates: API, Import, Event, Demo. */
  source: string;
  now: number;
  /** Who changed them, for people to read; by default the source. */
  who?: string;
  demo?: boolean;
  /** Says what would come of it and stores nothing; the ids of contacts it would create are negative. */
  dry?: boolean;
};

export type WrittenContacts = {
  /** In the order of the writes, which contact each one meant; 0: nobody, because it gave no identifier or was refused. */
  ids: number[];
  outcomes: Map<number, ContactOutcome>;
  /** Places of writes that named somebody who was erased; nothing of them was taken in. */
  refused: number[];
  /** Cards of stored contacts that turned out to be one person's. */
  merged: StoredMerge[];
  /** The contacts it made and changed, each with what it was before. */
  created: readonly ContactRecord[];
  updated: readonly ContactRecord[];
  /** Further emails, phones and loyalty numbers that were added to contacts. */
  gained: readonly { id: number; identifier: Identifier }[];
};

/** Why a write is refused, as people read it. */
export const ERASED = 'This person was erased; nothing of them is taken in unless they sign up again themselves.';

/** Locks the identities of everything the transaction will write. Given back at its end. */
export async function lockIdentities(
  tx: Tx,
  all: readonly ContactValues[],
  further: readonly Identifier[] = [],
): Promise<void> {
  await lockBuckets(tx, [all.flatMap((values) => allIdentifiers(values)), further].flat());
}

export async function writeContacts(
  tx: Tx,
  writes: readonly ContactWrite[],
  options: WriteOptions,
): Promise<WrittenContacts> {
  if (writes.length === 0) {
    return { ids: [], outcomes: new Map(), refused: [], merged: [], created: [], updated: [], gained: [] };
  }
  const claims = writes.map(claimOf);
  await lockBuckets(
    tx,
    claims.flatMap(({ identifiers }) => identifiers),
  );
  const comingBack = claims.filter(({ write }) => write.restoreDeleted);
  if (comingBack.length > 0) await restoreByIdentifiers(tx, comingBack, options.now);
  const index = new ContactIndex();
  const { eraseSecret } = await loadContacts(tx, index, claims);
  const admitted = eraseSecret === null ? claims.map(plainly) : await admitClaims(tx, claims, eraseSecret);

  const refused: number[] = [];
  const meant = admitted.map((one, at) => {
    const record = applyClaim(index, one, options);
    if (record === 'refused') refused.push(at);
    return record === 'refused' ? null : record;
  });
  const touched = new Set(meant.filter((record) => record !== null));
  const stored = options.dry ? outcomesOf(index, touched) : await storeContacts(tx, index, touched, options);
  return {
    ...stored,
    ids: meant.map((record) => (record ? survivorOf(record).id : 0)),
    refused,
    gained: index.gained.map(({ identifier, record }) => ({ id: survivorOf(record).id, identifier })),
  };
}

const plainly = (claim: ContactClaim): Admitted => ({ claim, namesErased: false, ignored: 0 });

function applyClaim(
  index: ContactIndex,
  { claim, namesErased, ignored }: Admitted,
  options: WriteOptions,
): ContactRecord | null | 'refused' {
  const record = index.find(claim);
  if (record) {
    index.apply(record, claim);
    return record;
  }
  if (namesErased) return 'refused';
  if (claim.identifiers.length === 0) return ignored > 0 ? 'refused' : null;
  const { source, createdAt, onlyKnown } = claim.write;
  if (onlyKnown) return null;
  return index.create(claim, source ?? options.source, createdAt ?? options.now);
}

/** Writes one contact; see {@link writeContacts}. Throws when it is refused. */
export async function writeContact(
  tx: Tx,
  write: ContactWrite,
  options: WriteOptions,
): Promise<{ id: number; outcome: ContactOutcome }> {
  const { ids, outcomes, refused } = await writeContacts(tx, [write], options);
  if (refused.length > 0) throw new UserError('conflict', ERASED);
  const id = must(ids[0], 'one contact in, one out');
  return { id, outcome: must(outcomes.get(id), 'every contact has an outcome') };
}

/** Whether there is anything to recognise the contact by later. */
export function isIdentified(values: ContactValues, identifiers: readonly Identifier[] = []): boolean {
  return identifiers.length > 0 || primaryKinds.some((kind) => values[kind]);
}
