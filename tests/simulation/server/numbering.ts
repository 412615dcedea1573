/**
 * How changes get their numbers. The real way holds the counter's row until the commit; the others are known mistakes,
 * each of which a run must find.
 */
import type { State, StoredDocument } from './state.ts';
import type { Database, Transaction } from './transactions.ts';

export const sabotages = [
  'seq',
  'updated_at',
  'half-xid',
  'lost-tombstone',
  'push-throws',
  'tail-gap',
  'last-writer',
] as const;
export type Sabotage = (typeof sabotages)[number];

export type Numbering = {
  /** Answers the first of `count` numbers in a row. Nothing else is locked after this. */
  take(tx: Transaction, count: number): Promise<number>;
  /** Up to where a reader believes it has seen everything. */
  version(state: State): number;
  visible(document: StoredDocument): boolean;
};

const COUNTER = 'counter';
const everything = () => true;

const byCounter: Numbering = {
  async take(tx, count) {
    await tx.lock(COUNTER);
    const last = (await tx.read(({ version }) => version)) + count;
    tx.write((state) => {
      state.version = last;
    });
    return last - count + 1;
  },
  version: ({ version }) => version,
  visible: everything,
};

/** A number of its own for everything, given before the commit and never locked: commits come in another order. */
function bySequence(next: (tx: Transaction, count: number) => number, visible: Numbering['visible']): Numbering {
  return {
    async take(tx, count) {
      await tx.read(() => null);
      const first = next(tx, count);
      tx.write((state) => {
        state.version = Math.max(state.version, first + count - 1);
      });
      return first;
    },
    version: (state) => {
      let version = 0;
      for (const document of state.documents.values()) {
        if (visible(document)) version = Math.max(version, document.rev);
      }
      return Math.max(version, state.changes.at(-1)?.version ?? 0);
    },
    visible,
  };
}

export function numberingFor(sabotage: Sabotage | null, database: () => Database, now: () => number): Numbering {
  let last = 0;
  const sequence = (_tx: Transaction, count: number) => {
    last += count;
    return last - count + 1;
  };
  if (sabotage === 'seq') return bySequence(sequence, everything);
  if (sabotage === 'half-xid') return bySequence(sequence, ({ xid }) => xid < database().oldestRunning());
  if (sabotage === 'updated_at') {
    // The clock when the transaction began, as PostgreSQL's now() tells it.
    const begun = new WeakMap<Transaction, number>();
    return bySequence((tx, count) => {
      const at = begun.get(tx) ?? now() * 100;
      begun.set(tx, at + count);
      return at;
    }, everything);
  }
  return byCounter;
}
