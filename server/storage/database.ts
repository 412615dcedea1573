import pg from 'pg';

// bigint columns hold ids, money and versions below 2^53: read them as numbers, everywhere alike.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type Tx = Pick<pg.PoolClient, 'query'>;

export type Database = {
  pool: pg.Pool;
  /** Runs one statement. */
  query: <R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>;
  /** Runs `work` in one transaction; rolls back when it throws. */
  tx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

/** Opens a pool. `onError` hears of idle connections that the server closed; without a listener they would end the process. */
export function openDatabase(url: string, options: { max: number; onError: (error: Error) => void }): Database {
  const pool = new pg.Pool({ connectionString: url, max: options.max, idleTimeoutMillis: 30_000 });
  pool.on('error', options.onError);
  return {
    pool,
    async query(text, values) {
      return (await pool.query(text, values)).rows as never;
    },
    async tx(work) {
      const client = await pool.connect();
      let broken = false;
      // The query in progress hears of a lost connection too; without a listener the process would end.
      const onError = (): void => {
        broken = true;
      };
      client.on('error', onError);
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        try {
          await client.query('rollback');
        } catch {
          broken = true;
        }
        throw error;
      } finally {
        // Out of the pool nobody listens to it any more: a broken one keeps its listener until it is gone.
        if (!broken) client.off('error', onError);
        client.release(broken);
      }
    },
    async close() {
      // What ends now was told to. A database that stops right after may say so on a socket that is still closing.
      pool.off('error', options.onError);
      pool.on('error', () => undefined);
      await pool.end();
    },
  };
}
