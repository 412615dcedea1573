import { Dexie, type EntityTable } from 'dexie';
import type { KeyRow, KeyStore } from './keyring.ts';

type Keys = Dexie & { keys: EntityTable<KeyRow, 'id'> };

const nameOf = (database: string) => `muster-keys-${database}`;

async function inKeys<T>(database: string, work: (keys: Keys['keys']) => Promise<T>): Promise<T> {
  const db = new Dexie(nameOf(database)) as Keys;
  db.version(1).stores({ keys: 'id' });
  try {
    return await work(db.keys);
  } finally {
    db.close();
  }
}

/** Keys in a database of their own: deleting it is the first thing that happens when data has to go. */
export function dexieKeys(vault: KeyStore['vault']): KeyStore {
  return {
    list: (database) => inKeys(database, (keys) => keys.toArray()),
    put: (database, row) => inKeys(database, async (keys) => void (await keys.put(row))),
    remove: (database, ids) => inKeys(database, (keys) => keys.bulkDelete([...ids])),
    destroy: (database) => Dexie.delete(nameOf(database)),
    vault,
  };
}
