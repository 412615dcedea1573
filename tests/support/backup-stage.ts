/** Databases and backup files of one test file; each test's databases are dropped after it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { verifyBackup, writeWhole } from '#server/backup/backup-file.ts';
import { type Restored, type RestoreOptions, restoreBackup } from '#server/backup/restore.ts';
import { writeBackup } from '#server/backup/write-backup.ts';
import type { Database } from '#server/storage/database.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

export type BackupStage = {
  readonly folder: string;
  database(options?: { empty?: boolean }): Promise<Database>;
  /** Answers the file. */
  backUp(db: Database): Promise<string>;
  restoreInto(db: Database, path: string, options?: RestoreOptions): Promise<Restored>;
  /** A new database with what is in the file. */
  restored(path: string): Promise<Database>;
};

export function setBackupStage(): BackupStage {
  let folder = '';
  let at = 0;
  const open: TestDatabase[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-backup-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const database of open.splice(0)) await database.drop();
  });
  const stage: BackupStage = {
    get folder() {
      return folder;
    },
    async database(options = {}) {
      const made = await createTestDatabase(options);
      open.push(made);
      return made.db;
    },
    async backUp(db) {
      const path = join(folder, `${++at}.backup`);
      await writeWhole(path, { force: false }, (sink) => writeBackup(db, sink, { version: '1.2.3', now: () => 0 }));
      return path;
    },
    restoreInto: async (db, path, options) => restoreBackup(db, path, await verifyBackup(path), options),
    async restored(path) {
      const db = await stage.database({ empty: true });
      await stage.restoreInto(db, path);
      return db;
    },
  };
  return stage;
}

/** Tables, sequences and indexes there are. */
export const relations = (db: Database) =>
  db.query("select relname from pg_class where relnamespace = 'public'::regnamespace");
