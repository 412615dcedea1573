import type pg from 'pg';
import type { Database } from '#server/storage/database.ts';

/** Text that means the same in every PostgreSQL, however it is set up. */
export const PORTABLE = `set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local client_encoding = 'UTF8';
  set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`;

/** Work on a connection of its own, which is closed when the work fails: a copy that was broken off cannot go on. */
export async function onConnection<T>(
  db: Pick<Database, 'pool'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await db.pool.connect();
  // Whoever waits for an answer hears of a lost connection; the event itself has to be listened to.
  const onError = (): void => undefined;
  client.on('error', onError);
  try {
    const result = await work(client);
    client.off('error', onError);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
