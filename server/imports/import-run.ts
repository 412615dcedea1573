/** What every kind of import shares: its own session, progress, rejects, notices. */
import type { MembershipState } from '#server/lists/memberships.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { ImportKind, ImportOptions, ImportSummary } from '#shared/api/import.schema.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';

export type ImportProgress = { state: 'reading' | 'applying'; linesRead: number /** 0…1 */; progress: number };

export type Reject = { line: number; reason: string; raw: string };

export type ImportRequest = {
  path: string;
  /** As people call the file. */
  fileName?: string;
  kind: ImportKind;
  map: Readonly<Record<string, string>>;
  /** Guessed where it is not given. */
  format?: FileFormat | null;
  options?: ImportOptions;
  /** Whose national phone numbers are meant; by default the server's setting. */
  region?: string | null;
  /** Epoch ms of the whole import, also when it is run again; by default the time it begins. */
  at?: number;
  /** The member who asked for it. */
  by?: string | null;
  /** Counts what it would do; nothing is stored. */
  dry?: boolean;
  /** Where it is kept how far it got; null: it begins anew when it is run again. */
  journal?: ImportJournal | null;
  onProgress: (progress: ImportProgress) => void;
  /** In file order within each phase. Awaited, so that a slow sink slows the reader. */
  onReject: (reject: Reject) => Promise<void> | void;
};

/** What became of people so far. */
export type ImportCounts = {
  contacts: number;
  created: number;
  updated: number;
  unchanged: number;
  erased: number;
  unsubscribed: number;
  listed: number;
  events: number;
};

/** What a batch changed of a contact that was there before. */
export type ImportChange = { contactId: number; before: Snapshot; after: Snapshot };
/** Only what changed. */
export type Snapshot = {
  values?: Record<string, string | null>;
  fields?: Record<string, unknown>;
  /** That came: further ones. */
  identifiers?: { kind: string; value: string }[];
  /** By list or category; null: it was not there. */
  memberships?: Record<string, MembershipState | null>;
};

/** Each batch notes itself in the transaction that applies it: after a crash nothing is applied twice. */
export type ImportJournal = {
  /** How many people are applied already. */
  doneTo: number;
  counts: ImportCounts;
  note: (
    tx: Tx,
    batch: { upTo: number; counts: ImportCounts; created: readonly number[]; changes: readonly ImportChange[] },
  ) => Promise<void>;
};

export type ImportResult = {
  summary: ImportSummary;
  /** What the user should know although nothing was rejected, in words. */
  notices: string[];
};

export const NOTHING_DONE: ImportCounts = {
  contacts: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  erased: 0,
  unsubscribed: 0,
  listed: 0,
  events: 0,
};

export type ImportSession = {
  deps: Deps;
  request: ImportRequest;
  /** Instant of the whole import. */
  now: number;
  zone: string;
  currency: string;
  /** The session that owns the temporary tables. */
  client: Tx;
  inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  notices: Notices;
};

/** Counts what happened to values, and says it in words at the end. */
export class Notices {
  private readonly counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  texts(): string[] {
    return [...this.counts].map(([what, count]) => `${count.toLocaleString('en-US')} ${what}`);
  }
}

const DEADLOCK = '40P01';
const TRIES = 5;

/** A transaction that another one stood in the way of is begun again: batches may be repeated until they are committed. */
async function inTransaction<T>(client: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await client.query('begin');
    try {
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      const isDeadlock = error instanceof Error && 'code' in error && error.code === DEADLOCK;
      if (!isDeadlock || attempt === TRIES) throw error;
    }
  }
}

/**
 * Runs `work` on a connection of its own, whose temporary tables vanish with it, whatever happens. The connection is
 * closed afterwards, not given back.
 */
export async function withImportSession<T>(
  deps: Deps,
  request: ImportRequest,
  work: (session: ImportSession) => Promise<T>,
): Promise<T> {
  const client = await deps.db.pool.connect();
  const onError = (error: Error): void => deps.log.warn({ err: error }, 'the connection of an import was closed');
  client.on('error', onError);
  try {
    // A batch lost with the machine is written again from the journal, which is lost with it. Whoever is told of a batch is
    // told by a later commit, and that one waits for the disk.
    await client.query('set synchronous_commit = off');
    const { rows } = await client.query<{ time_zone: string; currency: string }>(
      'select time_zone, currency from workspace where id = 1',
    );
    const workspace = rows[0] ?? { time_zone: 'UTC', currency: 'GBP' };
    return await work({
      deps,
      request,
      now: request.at ?? deps.now(),
      zone: workspace.time_zone,
      currency: workspace.currency,
      client,
      notices: new Notices(),
      inTransaction: (work) => inTransaction(client, work),
    });
  } finally {
    client.release(true);
  }
}
