import { pino } from 'pino';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { caller } from '#tests/support/caller.ts';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { startServerProcess } from './server-process.ts';

export type KeyedServer = { database: BenchDatabase; url: string; key: string; stop: () => Promise<void> };

/** A server process over a database of its own, with a key that may do everything. */
export async function startKeyedServer(role: 'all' | 'api'): Promise<KeyedServer> {
  const database = await startBenchDatabase();
  try {
    const keys = createApiKeys({ db: database.db, now: Date.now, log: pino({ level: 'silent' }) });
    const { key } = await keys.create(caller, { scope: 'full', name: 'bench' });
    const server = await startServerProcess(database.url, role);
    return {
      database,
      url: server.url,
      key,
      async stop() {
        await server.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
