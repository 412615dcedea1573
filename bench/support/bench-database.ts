import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '#server/storage/database.ts';
import { startEmbeddedPostgres } from '#server/storage/embedded-postgres.ts';
import { migrate } from '#server/storage/migrate.ts';

/** Works with a fresh, migrated database on a PostgreSQL of its own, started and set as the product's, and removes both. */
export async function withBenchDatabase<T>(work: (db: Database, url: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  // As root, PostgreSQL runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, elsewhere: join(tmpdir(), 'muster-bench-binaries') });
    const db = openDatabase(postgres.url, { max: 8, onError: () => undefined });
    try {
      await migrate(db.pool, { timeZone: 'UTC' });
      return await work(db, postgres.url);
    } finally {
      await db.close();
      await postgres.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
