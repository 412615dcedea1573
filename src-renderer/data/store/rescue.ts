import { z } from 'zod';
import type { MetaStore } from './meta.ts';
import { localDocumentSchema } from './schemas.ts';
import { recreateDocuments, type UserStore } from './user-store.ts';

const KEY = 'rescue';
const rescueSchema = z.object({ rows: z.array(localDocumentSchema) });

/**
 * Another feed epoch: the server was restored, so every local copy may be wrong, but texts that were never accepted must
 * survive. They are set aside first, so that a crash in between loses nothing; see finishRescue.
 */
export async function startOver(store: UserStore, meta: MetaStore): Promise<void> {
  const rows = await store.db.documents.find({ selector: { edited: { $gt: 0 } } }).exec();
  // They are new to this epoch: the server's revision of before means nothing any more.
  await meta.set(KEY, { rows: rows.map((row) => ({ ...row.toMutableJSON(), rev: 0 })) });
  await finishRescue(store, meta);
}

/** Completes what startOver began. Run at every start. */
export async function finishRescue(store: UserStore, meta: MetaStore): Promise<void> {
  const rescue = await meta.get(KEY, rescueSchema);
  if (!rescue) return;
  await recreateDocuments(store);
  if (rescue.rows.length > 0) await store.db.documents.bulkUpsert(rescue.rows);
  await meta.remove([KEY]);
}
