/** What every kind of import shares: its own session, progress, rejects, notices. */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { ImportKind, ImportSummary } from '#shared/api/import.schema.ts';

export type ImportProgress = { state: 'reading' | 'applying'; linesRead: number /** 0…1 */; progress: number };

export type Reject = { line: number; reason: string; raw: string };

export type ImportRequest = {
  path: string;
  kind: ImportKind;
  map: Readonly<Record<string, string>>;
  onProgress: (progress: ImportProgress) => void;
  /** In file order within each phase. Awaited, so that a slow sink slows the reader. */
  onReject: (reject: Reject) => Promise<void> | void;
};

export type ImportResult = {
  summary: ImportSummary;
  /** What the user should know although nothing was rejected, in words. */
  notices: string[];
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
    const { rows } = await client.query<{ time_zone: string; currency: string }>(
      'select time_zone, currency from workspace where id = 1',
    );
    const workspace = rows[0] ?? { time_zone: 'UTC', currency: 'GBP' };
    return await work({
      deps,
      request,
      now: deps.now(),
      zone: workspace.time_zone,
      currency: workspace.currency,
      client,
      notices: new Notices(),
      async inTransaction(work) {
        await client.query('begin');
        try {
          const result = await work(client);
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback');
          throw error;
        }
      },
    });
  } finally {
    client.release(true);
  }
}
