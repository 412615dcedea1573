/**
 * Keys on the disk. Each lies, wrapped, in a file of its own in the origin's private file system, and what is known of it in
 * IndexedDB. IndexedDB keeps deleted values in its log for a while; a deleted file is gone with the next write of the folder.
 */
import { Dexie, type EntityTable } from 'dexie';
import type { KeyRow, KeyStore } from './keyring.ts';
import { deleteFile, deleteFiles, readFile, writeFile } from './private-files.ts';

/** Asks for the 32 bytes of the system's key chain; null when it does not give them. */
export type DesktopVault = () => Promise<Uint8Array<ArrayBuffer> | null>;

type Wrapping = { id: 'wrapping'; key: CryptoKey };
type Keys = Dexie & { keys: EntityTable<KeyRow, 'id'>; wrapping: EntityTable<Wrapping, 'id'> };

const KEK = { name: 'AES-KW', length: 256 };
const USES: KeyUsage[] = ['wrapKey', 'unwrapKey'];

const LOOKS = 4;
const LOOK_AGAIN_MS = 150;

const nameOf = (database: string) => `muster-keys-${database}`;
const fileOf = (database: string, id: string) => `${database}.${id}`;

export function dexieKeys(desktopVault: DesktopVault | null): KeyStore {
  return {
    async list(database) {
      const rows = await inKeys(database, ({ keys }) => keys.toArray());
      const found = await Promise.all(rows.map((row) => withFile(database, row)));
      return found.filter((row) => row !== null);
    },
    async put(database, row) {
      // What is noted of a key changes; the key's file is written once.
      if (await inKeys(database, ({ keys }) => keys.update(row.id, { erasedTo: row.erasedTo }))) return;
      // The key first: a row without its key counts as destroyed.
      const inFile = 'wrapped' in row.key && (await writeFile(fileOf(database, row.id), row.key.wrapped));
      const stored = inFile ? { ...row, key: { wrapped: new ArrayBuffer(0) } } : row;
      await inKeys(database, ({ keys }) => keys.put(stored));
    },
    async remove(database, ids) {
      for (const id of ids) await deleteFile(fileOf(database, id));
      await inKeys(database, ({ keys }) => keys.bulkDelete([...ids]));
    },
    async destroy(database) {
      await deleteFiles(fileOf(database, ''));
      await Dexie.delete(nameOf(database));
    },
    async vault(database) {
      if (!desktopVault) return inKeys(database, browserVault);
      const bytes = await desktopVault();
      return bytes && crypto.subtle.importKey('raw', bytes, 'AES-KW', false, USES);
    },
  };
}

async function withFile(database: string, row: KeyRow): Promise<KeyRow | null> {
  if (!('wrapped' in row.key) || row.key.wrapped.byteLength > 0) return row;
  // To conclude that a key is destroyed destroys what it opens: a file that is not there is looked for again.
  for (let look = 1; ; look++) {
    const wrapped = await readFile(fileOf(database, row.id));
    if (wrapped) return { ...row, key: { wrapped } };
    if (look === LOOKS) return null;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Without a key chain the browser keeps the wrapping key; nobody can export it. */
async function browserVault({ wrapping }: Keys): Promise<CryptoKey> {
  const known = await wrapping.get('wrapping');
  if (known) return known.key;
  const key = await crypto.subtle.generateKey(KEK, false, USES);
  await wrapping.put({ id: 'wrapping', key });
  return key;
}

async function inKeys<T>(database: string, work: (db: Keys) => Promise<T>): Promise<T> {
  const db = new Dexie(nameOf(database)) as Keys;
  db.version(1).stores({ keys: 'id', wrapping: 'id' });
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
