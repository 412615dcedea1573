/** The people of a file: one row each in a temporary table, then written in batches by the one contact writer. */
import { type ContactOutcome, isIdentified, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import { letOthersIn } from './let-others-in.ts';

const BATCH = 2500;

/** Makes import_contact: seq, key (of the caller), line (where the person is first mentioned) and the fields as text. */
export async function createContactStage(tx: Tx): Promise<void> {
  await tx.query('drop table if exists pg_temp.import_contact');
  const fields = writableContactFields.map((field) => `"${field}" text collate "C"`).join(', ');
  await tx.query(
    `create temp table import_contact (seq integer primary key, key text collate "C" not null, contact_id bigint, ${fields})`,
  );
}

export type WriteStagedOptions = {
  /** Whether the caller wants to join import_contact.contact_id afterwards. */
  noteIds: boolean;
  /** How many are staged. */
  total: number;
  now: number;
  inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  onProgress: (fraction: number) => void;
  /** A value that cannot be stored was left out. Null: the staged values are normalised already. */
  onIgnored: ((field: WritableContactField) => void) | null;
  /** So many people were erased before and are not brought back. */
  onRefused?: (count: number) => void;
};

/** Writes all staged people, a transaction per batch, and notes their contact ids. Safe to run again: equal people stay unwritten. */
export async function writeStagedContacts(options: WriteStagedOptions): Promise<Map<number, ContactOutcome>> {
  const outcomes = new Map<number, ContactOutcome>();
  const { onIgnored } = options;
  const columns = writableContactFields.map((field) => `"${field}"`).join(', ');
  for (let from = 0; ; from += BATCH) {
    const started = performance.now();
    const done = await options.inTransaction(async (tx) => {
      const { rows } = await tx.query<{ seq: number } & Record<WritableContactField, string | null>>(
        `select seq, ${columns} from import_contact where seq > $1 and seq <= $2 order by seq`,
        [from, from + BATCH],
      );
      const writes: { seq: number; values: ContactValues }[] = [];
      for (const { seq, ...texts } of rows) {
        const given: ContactValues = {};
        for (const field of writableContactFields) given[field] = texts[field] ?? undefined;
        const values = onIgnored ? normaliseLeniently(given, ({ field }) => onIgnored(field)) : given;
        if (isIdentified(values)) writes.push({ seq, values });
      }
      const written = await writeContacts(tx, writes, { source: 'Import', now: options.now });
      if (written.refused.length > 0) options.onRefused?.(written.refused.length);
      if (options.noteIds) {
        await tx.query(
          'update import_contact c set contact_id = w.id from unnest($1::int[], $2::bigint[]) as w (seq, id) where c.seq = w.seq',
          [writes.map(({ seq }) => seq), written.ids],
        );
      }
      for (const [id, outcome] of written.outcomes) {
        const before = outcomes.get(id);
        if (before === undefined || before === 'unchanged') outcomes.set(id, outcome);
      }
      return rows.length < BATCH;
    });
    options.onProgress(Math.min(1, (from + BATCH) / Math.max(1, options.total)));
    if (done) return outcomes;
    await letOthersIn(options.inTransaction, performance.now() - started);
  }
}
