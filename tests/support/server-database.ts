import { openStorage, type Storage } from '#server/storage/open-storage.ts';

/** The own database of a server that runs with this data folder. */
export async function inDatabase<T>(dataDir: string, work: (db: Storage['db']) => Promise<T>): Promise<T> {
  const storage = await openStorage({
    config: { dataDir, databaseUrl: null, timeZone: 'UTC' },
    purpose: 'test',
    join: true,
    poolSize: 1,
    say: () => undefined,
    onError: () => undefined,
  });
  try {
    return await work(storage.db);
  } finally {
    await storage.close();
  }
}
