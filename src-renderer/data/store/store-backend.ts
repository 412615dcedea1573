import { Dexie } from 'dexie';
import type { HashFunction, RxStorage } from 'rxdb/plugins/core';
import { defaultHashSha256 } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';

/** Where databases lie. */
export type StoreBackend = {
  // biome-ignore lint/suspicious/noExplicitAny: RxDB's own way to say "any storage".
  storage: RxStorage<any, any>;
  hash: HashFunction;
  /** Deletes what RxDB's own removal of a database leaves behind. */
  sweep(database: string): Promise<void>;
};

/** IndexedDB by Dexie. RxDB's own removal empties the tables of documents but leaves attachments behind. */
export function dexieBackend(): StoreBackend {
  return {
    storage: getRxStorageDexie(),
    hash: defaultHashSha256,
    async sweep(database) {
      const prefix = `rxdb-dexie-${database}--`;
      const names = await Dexie.getDatabaseNames();
      await Promise.all(names.filter((name) => name.startsWith(prefix)).map((name) => Dexie.delete(name)));
    },
  };
}
