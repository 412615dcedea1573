/**
 * One account's data on this device: an RxDB database of its own per server and user.
 *
 *   documents   what people edit; replicated
 *   chunks      column chunks by hash, bytes as attachments; never replicated
 *   meta        generation in use, tail pages, kept texts; never replicated
 *
 * Bodies of documents, values of meta, what replication remembers and the bytes of personal chunks lie there sealed.
 */

import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { RxDBCleanupPlugin } from 'rxdb/plugins/cleanup';
import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { conflictHandler, type Resolver } from './conflicts.ts';
import { Keyring } from './keyring.ts';
import type { Loss } from './last-account.ts';
import { lenientCleanup } from './lenient-cleanup.ts';
import { finishRotation } from './rotation.ts';
import {
  type ChunkRow,
  chunksSchema,
  documentsSchema,
  type LocalDocument,
  type MetaRow,
  metaSchema,
} from './schemas.ts';
import { sealedStorage } from './sealed-storage.ts';
import { isStorageFull } from './storage-full.ts';
import type { StoreBackend } from './store-backend.ts';

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBCleanupPlugin);

export type Collections = {
  documents: RxCollection<LocalDocument>;
  chunks: RxCollection<ChunkRow>;
  meta: RxCollection<MetaRow>;
};
export type UserStore = {
  db: RxDatabase<Collections>;
  resolver: Resolver;
  backend: StoreBackend;
  keyring: Keyring;
  /** What was not here, so that this store begins anew: the data, or the key to it. Null when it was opened as it was. */
  missing: Loss | null;
};

/** The database of an account. Ids of users are random: those of two servers are never the same. */
export const databaseOf = (userId: string): string => `muster2-${userId.toLowerCase()}`;

/**
 * Opens (or makes) the database. The worker is the only one that opens it. Finishes a rotation of keys that was begun.
 * Without keys whatever is there cannot be read by anybody: it is deleted, and everything starts anew. `onError` is told of
 * what nobody waits for.
 */
export async function openUserStore(
  name: string,
  backend: StoreBackend,
  onError: (error: unknown) => void,
): Promise<UserStore> {
  const found = await Keyring.open(name, backend.keys);
  const missing = !(await backend.exists(name)) ? 'data' : found ? null : 'key';
  if (!found) {
    await backend.keys.destroy(name);
    await backend.sweep(name);
  }
  const keyring = found ?? (await Keyring.create(name, backend.keys));
  await sealAnew(name, keyring, backend);
  const db = await createRxDatabase<Collections>({
    name,
    storage: lenientCleanup(sealedStorage(backend.storage, keyring.sealer), onError),
    hashFunction: backend.hash,
    multiInstance: false,
    eventReduce: false,
    closeDuplicates: true,
  });
  const resolver: Resolver = { refused: new Map(), bases: new Map(), onLost: null };
  await addDocuments(db, resolver, { chunks: { schema: chunksSchema }, meta: { schema: metaSchema } });
  return { db, resolver, backend, keyring, missing };
}

/** Finishes a rotation. On a full device chunks make room: they can be fetched again, what is to be kept cannot. */
async function sealAnew(name: string, keyring: Keyring, { rewrite }: StoreBackend): Promise<void> {
  try {
    await finishRotation(name, keyring, rewrite);
  } catch (error) {
    if (!isStorageFull(error)) throw error;
    await rewrite(name, {
      row: async (collection) => (collection === 'chunks' ? 'goes' : 'stays'),
      bytes: async () => 'goes',
    });
    await finishRotation(name, keyring, rewrite);
  }
}

/** Deletes everything of the account: first the keys, after which nothing can be read any more, whatever happens. */
export async function removeUserStore({ db, backend }: UserStore): Promise<void> {
  await backend.keys.destroy(db.name);
  await db.remove();
  await backend.sweep(db.name);
}

/** The same for a store that is not open. */
export async function destroyStore(name: string, backend: StoreBackend): Promise<void> {
  await backend.keys.destroy(name);
  await backend.sweep(name);
}

/** Throws away every document of this device, with what RxDB remembers of their replication, and starts anew. */
export async function recreateDocuments({ db, resolver }: UserStore): Promise<void> {
  await db.documents.remove();
  await addDocuments(db, resolver, {});
}

async function addDocuments(
  db: RxDatabase<Collections>,
  resolver: Resolver,
  others: Parameters<RxDatabase<Collections>['addCollections']>[0],
): Promise<void> {
  await db.addCollections({
    ...others,
    documents: { schema: documentsSchema, conflictHandler: conflictHandler(resolver) },
  });
}
