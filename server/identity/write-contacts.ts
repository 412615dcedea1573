/**
 * The one way contacts are written: by the API, the intake worker, imports, demo data. A batch resolves its rows one
 * after another (External ID, then email, then phone), writes only what really changed, keeps folded columns and
 * identifiers in step, and marks the changed contacts dirty, all in the caller's transaction.
 *
 * Two writers never create one person twice: before it looks, a batch locks the buckets of all its identifiers, once
 * and in order. So a transaction calls this at most once (or takes all locks first, by lockIdentities).
 */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { type Identifier, type IdentifierKind, isPrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { must } from '#shared/kernel/assert.ts';
import { bucketOf } from './buckets.ts';
import { ContactIndex } from './contact-index.ts';
import { type ContactRecord, hasChanged, identifiersOf } from './contact-record.ts';
import { insertContacts, updateContacts } from './contact-statements.ts';
import { loadContacts } from './load-contacts.ts';

export type ContactWrite = {
  /** The internal id, where the writer knows it; identifiers count when there is no such contact (any more). */
  contactId?: number;
  /** Normalised (normaliseContact). */
  values: ContactValues;
  /** What else identifies the contact, normalised (normaliseIdentifier): further emails and phones, cookies, tokens. */
  identifiers?: readonly Identifier[];
  /** Additional fields by their id, normalised; null clears. */
  fields?: Readonly<Record<string, unknown>>;
  /** Which identifiers find the contact, in order. Default: all, in matching order. */
  matchOn?: readonly IdentifierKind[];
  /** A deleted contact with these identifiers comes back; otherwise a new one is made. */
  restoreDeleted?: boolean;
  /** The person did this themselves just now (signed up, subscribed): also who was erased may come back. */
  freshAct?: boolean;
  /** Finds a contact, but makes none: for what somebody did who has not said who they are. */
  onlyKnown?: boolean;
  /** Values fill what is empty and replace nothing: nobody vouches for them, as for what any page may send. */
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
  demo?: boolean;
};

/**
 * Answers, in the order of `writes`, which contact each one meant (0: nobody, because it gave no identifier); and what
 * became of each contact of the batch.
 */
export type WrittenContacts = { ids: number[]; outcomes: Map<number, ContactOutcome> };

/** Any fixed number: it only has to be the same in every Muster. */
const IDENTITY_LOCK = 77_213_002;

/** Locks the identities of everything the transaction will write. Given back at its end. */
export async function lockIdentities(tx: Tx, all: readonly ContactValues[]): Promise<void> {
  const buckets = new Set<number>();
  for (const values of all) for (const { value } of identifiersOf(values)) buckets.add(bucketOf(value));
  if (buckets.size === 0) return;
  const ordered = [...buckets].sort((a, b) => a - b);
  await tx.query('select pg_advisory_xact_lock($1, bucket) from unnest($2::int[]) as bucket', [IDENTITY_LOCK, ordered]);
}

export async function writeContacts(
  tx: Tx,
  writes: readonly ContactWrite[],
  options: WriteOptions,
): Promise<WrittenContacts> {
  if (writes.length === 0) return { ids: [], outcomes: new Map() };
  await lockIdentities(
    tx,
    writes.map((write) => write.values),
  );
  const index = new ContactIndex();
  await loadContacts(tx, index, writes);

  const meant: (ContactRecord | null)[] = [];
  for (const write of writes) {
    const matchOn = write.matchOn?.filter(isPrimaryKind) ?? primaryKinds;
    const stored = write.contactId === undefined ? undefined : index.records.get(write.contactId);
    let record = stored ?? index.find(write.values, matchOn);
    if (record) index.apply(record, write.values, write.onlyFill);
    else if (isIdentified(write.values) && !write.onlyKnown) {
      record = index.create(write.values, write.source ?? options.source, write.createdAt ?? options.now);
    }
    meant.push(record);
  }

  const created: ContactRecord[] = [];
  const updated: ContactRecord[] = [];
  const outcomes = new Map<number, ContactOutcome>();
  for (const record of new Set(meant)) {
    if (!record) continue;
    if (record.isNew) created.push(record);
    else if (hasChanged(record)) updated.push(record);
    else outcomes.set(record.id, 'unchanged');
  }
  await insertContacts(tx, created, options);
  await updateContacts(tx, updated, options.now);
  for (const record of created) outcomes.set(record.id, 'created');
  for (const record of updated) outcomes.set(record.id, 'updated');
  await markDirty(
    tx,
    'contact',
    [...created, ...updated].map((record) => record.id),
  );
  return { ids: meant.map((record) => record?.id ?? 0), outcomes };
}

/** Writes one contact; see {@link writeContacts}. */
export async function writeContact(
  tx: Tx,
  write: ContactWrite,
  options: WriteOptions,
): Promise<{ id: number; outcome: ContactOutcome }> {
  const { ids, outcomes } = await writeContacts(tx, [write], options);
  const id = must(ids[0], 'one contact in, one out');
  return { id, outcome: must(outcomes.get(id), 'every contact has an outcome') };
}

/** Whether there is anything to recognise the contact by later. */
export function isIdentified(values: ContactValues): boolean {
  return primaryKinds.some((kind) => values[kind]);
}
