import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '#server/storage/database.ts';
import { startEmbeddedPostgres } from '#server/storage/embedded-postgres.ts';
import { migrate } from '#server/storage/migrate.ts';

export type BenchDatabase = { db: Database; url: string; stop: () => Promise<void> };

/** A fresh, migrated database on a PostgreSQL of its own, started and set as the product's. `stop` removes it. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  // As root, PostgreSQL runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir, elsewhere: join(tmpdir(), 'muster-bench-binaries') });
  const db = openDatabase(postgres.url, { max: 8, onError: (error) => console.error(error) });
  const stop = async () => {
    await db.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(db.pool, { timeZone: 'UTC' });
  } catch (error) {
    await stop();
    throw error;
  }
  return { db, url: postgres.url, stop };
}
