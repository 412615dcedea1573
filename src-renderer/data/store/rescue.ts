/**
 * A restored server. What this device has not sent yet is edited again; what the server had accepted and now does not
 * know any more becomes reviews, once the server's copies have been read (SPEC.md: EPOCH).
 */
import { z } from 'zod';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { pullOutput } from '#shared/sync/wire.schema.ts';
import { toEnvelope } from './conflicts.ts';
import type { DocumentStore } from './documents.ts';
import { isHeld, lostTexts } from './lost-texts.ts';
import type { MetaStore } from './meta.ts';
import { localDocumentSchema } from './schemas.ts';
import { recreateDocuments, type UserStore } from './user-store.ts';

const KEY = 'rescue';
const rescueSchema = z.object({ rows: z.array(localDocumentSchema) });
const HELD = 'held:';
const heldSchema = z.object({ copy: localDocumentSchema });

/**
 * Another feed epoch: the server was restored, so every local copy may be wrong, but no text may be lost for it. They are
 * set aside first, so that a crash in between loses nothing; see finishRescue.
 */
export async function startOver(store: UserStore, meta: MetaStore, restored: boolean): Promise<void> {
  const rows = (await store.db.documents.find().exec()).map((row) => row.toMutableJSON());
  // Only a restored server can have lost a text that it had accepted.
  if (restored) await meta.setAll(rows.filter(isHeld).map((copy) => ({ key: HELD + copy.id, value: { copy } })));
  const unsent = rows.filter(({ edited }) => edited > 0);
  // They are new to this epoch: the server's revision of before means nothing any more.
  await meta.set(KEY, { rows: unsent.map((row) => ({ ...row, rev: 0 })) });
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

export type Comparison = {
  /** Takes each answer to a pull; when one is the last, keeps what the server has lost as reviews. */
  take(answer: z.infer<typeof pullOutput>): Promise<void>;
};

/** Compares what was held when the server was restored with what it has now. */
export async function compareHeld(options: {
  store: UserStore;
  meta: MetaStore;
  documents: DocumentStore;
  userId: string;
  now: () => number;
}): Promise<Comparison> {
  const { store, meta, documents, userId, now } = options;
  const held = new Map((await meta.list(HELD, heldSchema)).map(({ value }) => [value.copy.id, value.copy]));
  const masters = new Map<string, Envelope>();
  /** Reviews that another device of this person made are not made again. */
  const reviews = new Set<string>();

  async function finish({ epoch, epochFrom }: z.infer<typeof pullOutput>): Promise<void> {
    // Pages that were pulled before a reload are in the store already.
    const stored = await store.db.documents.findByIds([...held.keys()].filter((id) => !masters.has(id))).exec();
    for (const [id, row] of stored) masters.set(id, toEnvelope({ ...row.toMutableJSON(), _deleted: false }));
    for (const { id, body } of lostTexts([...held.values()], { epoch, epochFrom, masters, userId })) {
      const known = reviews.has(id) || (await store.db.documents.findOne(id).exec()) !== null;
      if (!known) await documents.save('review', id, body, now());
    }
    await meta.remove([...held.keys()].map((id) => HELD + id));
    held.clear();
    masters.clear();
    reviews.clear();
  }

  return {
    async take(answer) {
      if (held.size === 0) return;
      for (const document of answer.documents) {
        if (held.has(document.id)) masters.set(document.id, document);
        if (document.kind === 'review') reviews.add(document.id);
      }
      if (!answer.more) await finish(answer);
    },
  };
}
