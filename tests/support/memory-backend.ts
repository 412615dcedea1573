/** The data worker's storage in plain Node: RxDB's memory storage, which outlives the databases opened on it. */
import type { RxStorageMemory } from 'rxdb/plugins/storage-memory';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { KeyRow } from '#renderer/data/store/keyring.ts';
import type { StoreVisitor, Verdict } from '#renderer/data/store/rotation.ts';
import type { StoreBackend } from '#renderer/data/store/store-backend.ts';

export type MemoryBackend = StoreBackend & {
  storage: RxStorageMemory;
  /** Keys by database, as they lie there. */
  keyRows: Map<string, Map<string, KeyRow>>;
  /** Everything stored of a database as text, attachments included. */
  dump(database: string): Promise<string>;
};

/** For stores in which nothing is to go wrong behind the scenes. */
export const unexpected = (error: unknown): void => {
  throw error;
};

type State = RxStorageMemory['collectionStates'] extends Map<string, infer S> ? S : never;

export function memoryBackend(options: { vault?: () => Promise<CryptoKey | null> } = {}): MemoryBackend {
  // RxDB's memory storages share one memory; each of these is a disk of its own.
  const storage = { ...getRxStorageMemory(), collectionStates: new Map() };
  const keyRows: MemoryBackend['keyRows'] = new Map();
  const keysOf = (database: string) => {
    const rows = keyRows.get(database) ?? new Map<string, KeyRow>();
    keyRows.set(database, rows);
    return rows;
  };
  // RxDB's key of a collection: [database, collection, schema version].
  const statesOf = (database: string) =>
    [...storage.collectionStates].flatMap(([key, state]) => {
      const [of, collection] = key.split('--memory--');
      return of === database && collection !== undefined ? [{ key, collection, state }] : [];
    });
  return {
    storage,
    keyRows,
    hash: async (input) => {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(String(input))));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
    keys: {
      list: async (database) => [...keysOf(database).values()],
      put: async (database, row) => void keysOf(database).set(row.id, row),
      remove: async (database, ids) => {
        for (const id of ids) keysOf(database).delete(id);
      },
      destroy: async (database) => void keyRows.delete(database),
      vault: options.vault ?? (async () => null),
    },
    async rewrite(database, visitor) {
      for (const { collection, state } of statesOf(database)) await rewriteState(collection, state, visitor);
    },
    async sweep(database) {
      for (const { key } of statesOf(database)) storage.collectionStates.delete(key);
    },
    exists: async (database) => statesOf(database).length > 0,
    async dump(database) {
      let text = '';
      for (const { state } of statesOf(database)) {
        for (const doc of state.documents.values()) text += JSON.stringify(doc);
        for (const { writeData } of state.attachments?.values() ?? []) {
          text += Buffer.from(await writeData.data.arrayBuffer()).toString('latin1');
        }
      }
      return text;
    },
  };
}

/** Rows are shared by all indexes, and no index has a sealed field: they are changed in place. */
async function rewriteState(collection: string, state: State, visitor: StoreVisitor): Promise<void> {
  for (const [id, doc] of [...state.documents]) {
    const verdict = await visitor.row(collection, id, { ...doc });
    if (typeof verdict === 'object') Object.assign(doc, verdict.replaced);
    if (verdict !== 'goes') continue;
    state.documents.delete(id);
    for (const index of state.byIndexArray) index.docsWithIndex = index.docsWithIndex.filter((row) => row[1] !== doc);
  }
  for (const [key, attachment] of [...(state.attachments ?? [])]) {
    const id = key.slice(0, key.lastIndexOf('||'));
    const verdict: Verdict<Blob> = await visitor.bytes(id, attachment.writeData.data);
    if (verdict === 'goes') state.attachments.delete(key);
    if (typeof verdict === 'object') attachment.writeData = { ...attachment.writeData, data: verdict.replaced };
  }
}
