/**
 * One account's data on this device: an RxDB database of its own per server and user.
 *
 *   documents   what people edit; replicated
 *   chunks      column chunks by hash, bytes as attachments; never replicated
 *   meta        generation in use, tail pages, kept texts; never replicated
 */

import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { RxDBCleanupPlugin } from 'rxdb/plugins/cleanup';
import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { conflictHandler, type Resolver } from './conflicts.ts';
import {
  type ChunkRow,
  chunksSchema,
  documentsSchema,
  type LocalDocument,
  type MetaRow,
  metaSchema,
} from './schemas.ts';
import type { StoreBackend } from './store-backend.ts';

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBCleanupPlugin);

export type Collections = {
  documents: RxCollection<LocalDocument>;
  chunks: RxCollection<ChunkRow>;
  meta: RxCollection<MetaRow>;
};
export type UserStore = { db: RxDatabase<Collections>; resolver: Resolver; backend: StoreBackend };

/** Opens (or makes) the database. The worker is the only one that opens it. */
export async function openUserStore(name: string, backend: StoreBackend): Promise<UserStore> {
  const db = await createRxDatabase<Collections>({
    name,
    storage: backend.storage,
    hashFunction: backend.hash,
    multiInstance: false,
    eventReduce: false,
    closeDuplicates: true,
  });
  const resolver: Resolver = { refused: new Map(), onLost: null };
  await addDocuments(db, resolver, { chunks: { schema: chunksSchema }, meta: { schema: metaSchema } });
  return { db, resolver, backend };
}

/** Deletes everything of the account. */
export async function removeUserStore({ db, backend }: UserStore): Promise<void> {
  await db.remove();
  await backend.sweep(db.name);
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
