/** The people of a file: one row each in a temporary table, then written in batches by the one contact writer. */
import {
  type ContactOutcome,
  type ContactWrite,
  isIdentified,
  type WrittenContacts,
  writeContacts,
} from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import { letOthersIn } from './let-others-in.ts';
import { joinExtras, type PersonExtra } from './person.ts';

const BATCH = 2500;

/**
 * Makes import_contact: seq, key (of the caller), line (where the person is first mentioned), the fields as text, and what
 * lines say besides as JSON.
 */
export async function createContactStage(tx: Tx): Promise<void> {
  await tx.query('drop table if exists pg_temp.import_contact');
  const fields = writableContactFields.map((field) => `"${field}" text collate "C"`).join(', ');
  await tx.query(
    `create temp table import_contact (seq integer primary key, key text collate "C" not null, contact_id bigint, extra text[], ${fields})`,
  );
}

export type StagedPerson = { seq: number; write: ContactWrite; extra: PersonExtra | null };

/** What is done with each batch of people in the transaction that writes them. */
export type BatchWork = {
  /** People before this one are applied already. */
  from: number;
  /** What more is written with a person, by what the file says of them. */
  shape: (write: ContactWrite, extra: PersonExtra | null) => ContactWrite;
  before: (tx: Tx, people: readonly StagedPerson[]) => Promise<void>;
  after: (tx: Tx, batch: { people: readonly StagedPerson[]; written: WrittenContacts; upTo: number }) => Promise<void>;
};

export type WriteStagedOptions = {
  /** Whether the caller wants to join import_contact.contact_id afterwards. */
  noteIds: boolean;
  /** How many are staged. */
  total: number;
  now: number;
  /** Counts what would be done; see WriteOptions. */
  dry?: boolean;
  work?: BatchWork;
  inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  onProgress: (fraction: number) => void;
  /** A value that cannot be stored was left out. Null: the staged values are normalised already. */
  onIgnored: ((field: WritableContactField) => void) | null;
  /** So many people were erased before and are not brought back. */
  onRefused?: (count: number) => void;
};

type StagedRow = { seq: number; contact_id: number | null; extra: string[] | null } & Record<
  WritableContactField,
  string | null
>;

const columns = writableContactFields.map((field) => `"${field}"`).join(', ');

async function readBatch(tx: Tx, from: number, options: WriteStagedOptions): Promise<StagedPerson[]> {
  const { onIgnored, work } = options;
  const { rows } = await tx.query<StagedRow>(
    `select seq, contact_id, extra, ${columns} from import_contact where seq > $1 and seq <= $2 order by seq`,
    [from, from + BATCH],
  );
  const people: StagedPerson[] = [];
  for (const { seq, contact_id: contactId, extra: texts, ...fields } of rows) {
    const given: ContactValues = {};
    for (const field of writableContactFields) given[field] = fields[field] ?? undefined;
    // Phones were read where the row's country is known.
    const values = onIgnored ? normaliseLeniently(given, null, ({ field }) => onIgnored(field)) : given;
    // What else identifies people of a contacts file the writer judges.
    if (!work && !isIdentified(values)) continue;
    const extra = texts ? joinExtras(texts.map((text): PersonExtra => JSON.parse(text))) : null;
    const write = contactId === null ? { values } : { values, contactId };
    people.push({ seq, write: work ? work.shape(write, extra) : write, extra });
  }
  return people;
}

/** Writes all staged people, a transaction per batch, and notes their contact ids. Safe to run again: equal people stay unwritten. */
export async function writeStagedContacts(options: WriteStagedOptions): Promise<Map<number, ContactOutcome>> {
  const outcomes = new Map<number, ContactOutcome>();
  const { work, total, dry = false } = options;
  for (let from = work?.from ?? 0; from < total; from += BATCH) {
    const started = performance.now();
    const written = await options.inTransaction(async (tx) => {
      const people = await readBatch(tx, from, options);
      await work?.before(tx, people);
      const batch = await writeContacts(
        tx,
        people.map(({ write }) => write),
        { source: 'Import', now: options.now, dry },
      );
      if (options.noteIds) {
        await tx.query(
          'update import_contact c set contact_id = w.id from unnest($1::int[], $2::bigint[]) as w (seq, id) where c.seq = w.seq',
          [people.map(({ seq }) => seq), batch.ids],
        );
      }
      await work?.after(tx, { people, written: batch, upTo: Math.min(from + BATCH, total) });
      return batch;
    });
    if (written.refused.length > 0) options.onRefused?.(written.refused.length);
    for (const [id, outcome] of written.outcomes) {
      // Ids of contacts that are only counted begin anew with each batch.
      const own = id < 0 ? id - from : id;
      const before = outcomes.get(own);
      if (before === undefined || before === 'unchanged') outcomes.set(own, outcome);
    }
    options.onProgress(Math.min(1, (from + BATCH) / total));
    if (from + BATCH < total) await letOthersIn(options.inTransaction, performance.now() - started);
  }
  return outcomes;
}
