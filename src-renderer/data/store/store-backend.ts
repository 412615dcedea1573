/** Where databases lie in a browser: IndexedDB, by Dexie. */
import { Dexie } from 'dexie';
import { defaultHashSha256, type HashFunction, type RxStorage } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { z } from 'zod';
import { type DesktopVault, dexieKeys } from './dexie-keys.ts';
import type { KeyStore } from './keyring.ts';
import type { StoredRow, StoreVisitor, Verdict } from './rotation.ts';

export type StoreBackend = {
  // biome-ignore lint/suspicious/noExplicitAny: RxDB's own way to say "any storage".
  storage: RxStorage<any, any>;
  hash: HashFunction;
  keys: KeyStore;
  /** Changes what a closed database holds, below RxDB. */
  rewrite(database: string, visitor: StoreVisitor): Promise<void>;
  /** Deletes a closed database with everything RxDB's own removal leaves behind. */
  sweep(database: string): Promise<void>;
  /** Whether anything of the database is here. */
  exists(database: string): Promise<boolean>;
};

const BATCH = 50;
const attachmentSchema = z.looseObject({ id: z.string(), data: z.instanceof(Blob) });

/** `desktopVault` asks for the 32 bytes that the desktop's key chain keeps; null in a browser. */
export function dexieBackend(desktopVault: DesktopVault | null): StoreBackend {
  return {
    storage: getRxStorageDexie(),
    hash: defaultHashSha256,
    keys: dexieKeys(desktopVault),
    async rewrite(database, visitor) {
      for (const { name, collection } of await partsOf(database)) {
        await inDatabase(name, async (db) => {
          const primary = String(db.table('docs').schema.primKey.keyPath);
          await rewriteTable<StoredRow>(db, 'docs', (row) => visitor.row(collection, String(row[primary]), row));
          await rewriteTable<StoredRow>(db, 'attachments', (row) => rewriteBytes(row, visitor));
        });
      }
    },
    async sweep(database) {
      await Promise.all((await partsOf(database)).map(({ name }) => Dexie.delete(name)));
    },
    async exists(database) {
      return (await partsOf(database)).length > 0;
    },
  };
}

/** RxDB makes an IndexedDB database of each collection: rxdb-dexie-<database>--<schema version>--<collection>. */
async function partsOf(database: string): Promise<{ name: string; collection: string }[]> {
  const prefix = `rxdb-dexie-${database}--`;
  const names = await Dexie.getDatabaseNames();
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, collection: name.slice(prefix.length).replace(/^\d+--/, '') }));
}

async function inDatabase(name: string, work: (db: Dexie) => Promise<void>): Promise<void> {
  const db = await new Dexie(name).open();
  try {
    await work(db);
  } finally {
    db.close();
  }
}

async function rewriteTable<T>(db: Dexie, name: string, judge: (row: T) => Promise<Verdict<T>>): Promise<void> {
  const table = db.table<T>(name);
  const keys = await table.toCollection().primaryKeys();
  for (let at = 0; at < keys.length; at += BATCH) {
    const batch = keys.slice(at, at + BATCH);
    const rows = await table.bulkGet(batch);
    const verdicts = await Promise.all(rows.map((row) => (row ? judge(row) : 'stays')));
    const replaced = verdicts.flatMap((verdict) => (typeof verdict === 'object' ? [verdict.replaced] : []));
    const gone = batch.filter((_, index) => verdicts[index] === 'goes');
    await db.transaction('rw', table, async () => {
      await table.bulkPut(replaced);
      await table.bulkDelete(gone);
    });
  }
}

async function rewriteBytes(row: StoredRow, visitor: StoreVisitor): Promise<Verdict<StoredRow>> {
  const parsed = attachmentSchema.safeParse(row);
  if (!parsed.success) return 'stays';
  const { id, data } = parsed.data;
  const verdict = await visitor.bytes(id.slice(0, id.lastIndexOf('||')), data);
  return typeof verdict === 'object' ? { replaced: { ...row, data: verdict.replaced } } : verdict;
}
