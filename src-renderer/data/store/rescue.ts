/**
 * A restored server. What this device has not sent yet is edited again; what the server had accepted and now does not
 * know any more becomes reviews, once the server's copies have been read (SPEC.md: EPOCH).
 */
import { z } from 'zod';
import { type Envelope, envelopeSchema } from '#shared/sync/envelope.schema.ts';
import type { pullOutput } from '#shared/sync/wire.schema.ts';
import { toEnvelope } from './conflicts.ts';
import type { DocumentStore } from './documents.ts';
import { isHeld, lostTexts } from './lost-texts.ts';
import type { MetaStore } from './meta.ts';
import type { Replication } from './replicate.ts';
import { localDocumentSchema } from './schemas.ts';
import { recreateDocuments, type UserStore } from './user-store.ts';

const KEY = 'rescue';
const baseSchema = z.object({
  copy: envelopeSchema,
  /** The server's past has changed since: a copy it has forgotten is nothing to compare with. */
  restored: z.boolean(),
});
const rescueSchema = z.object({ rows: z.array(localDocumentSchema), bases: z.array(baseSchema).default([]) });
const BASE = 'base:';
const HELD = 'held:';
const heldSchema = z.object({ copy: localDocumentSchema });

/** What unsent texts grew from. Replication knows it, and forgets it with the new beginning: ask before it is stopped. */
export async function basesOfUnsent(store: UserStore, replication: Replication | null): Promise<Map<string, Envelope>> {
  const unsent = await store.db.documents.find({ selector: { edited: { $gt: 0 } } }).exec();
  const known = await replication?.bases(unsent.map(({ id }) => id));
  return new Map([...store.resolver.bases, ...(known ?? [])]);
}

/**
 * Another feed epoch: the server was restored, so every local copy may be wrong, but no text may be lost for it. They are
 * set aside first, so that a crash in between loses nothing; see finishRescue.
 */
export async function startOver(
  store: UserStore,
  meta: MetaStore,
  restored: boolean,
  bases: ReadonlyMap<string, Envelope>,
): Promise<void> {
  const rows = (await store.db.documents.find().exec()).map((row) => row.toMutableJSON());
  // Only a restored server can have lost a text that it had accepted.
  if (restored) await meta.setAll(rows.filter(isHeld).map((copy) => ({ key: HELD + copy.id, value: { copy } })));
  const unsent = rows.filter(({ edited }) => edited > 0);
  // They are new to this reading: the revision they grew from is told by the base alone.
  await meta.set(KEY, {
    rows: unsent.map((row) => ({ ...row, rev: 0 })),
    bases: unsent.flatMap(({ id }) => {
      const copy = bases.get(id);
      return copy ? [{ copy, restored }] : [];
    }),
  });
  await finishRescue(store, meta);
}

/** Completes what startOver began. Run at every start. */
export async function finishRescue(store: UserStore, meta: MetaStore): Promise<void> {
  const rescue = await meta.get(KEY, rescueSchema);
  if (!rescue) return;
  await recreateDocuments(store);
  if (rescue.rows.length > 0) await store.db.documents.bulkUpsert(rescue.rows);
  await meta.setAll(rescue.bases.map((value) => ({ key: BASE + value.copy.id, value })));
  await meta.remove([KEY]);
}

/** What unsent texts grew from, kept through a new beginning, by document. Those no longer needed are dropped. */
export async function readBases(store: UserStore, meta: MetaStore): Promise<Map<string, Envelope>> {
  const kept = await meta.list(BASE, baseSchema);
  if (kept.length === 0) return new Map();
  const rows = await store.db.documents.findByIds(kept.map(({ value }) => value.copy.id)).exec();
  const [needed, done] = [[], []] as [typeof kept, typeof kept];
  for (const one of kept) ((rows.get(one.value.copy.id)?.edited ?? 0) > 0 ? needed : done).push(one);
  await meta.remove(done.map(({ key }) => key));
  return new Map(needed.map(({ value }) => [value.copy.id, value.copy]));
}

/** Forgets bases that a restored server has forgotten: against them its older text would look like somebody's edit. */
async function dropForgottenBases(store: UserStore, meta: MetaStore, epochFrom: number): Promise<void> {
  for (const { key, value } of await meta.list(BASE, baseSchema)) {
    if (!value.restored || value.copy.rev <= epochFrom) continue;
    await meta.remove([key]);
    store.resolver.bases.delete(value.copy.id);
  }
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
  /** Whoever may not edit can take nothing back; the server would refuse the reviews. */
  mayEdit(): boolean;
  now: () => number;
}): Promise<Comparison> {
  const { store, meta, documents, userId, mayEdit, now } = options;
  const held = new Map((await meta.list(HELD, heldSchema)).map(({ value }) => [value.copy.id, value.copy]));
  const masters = new Map<string, Envelope>();
  /** Reviews that another device of this person made are not made again. */
  const reviews = new Set<string>();

  async function finish({ epoch, epochFrom }: z.infer<typeof pullOutput>): Promise<void> {
    // Pages that were pulled before a reload are in the store already.
    const stored = await store.db.documents.findByIds([...held.keys()].filter((id) => !masters.has(id))).exec();
    for (const [id, row] of stored) masters.set(id, toEnvelope({ ...row.toMutableJSON(), _deleted: false }));
    for (const { id, body } of lostTexts(mayEdit() ? [...held.values()] : [], { epoch, epochFrom, masters, userId })) {
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
      if (store.resolver.bases.size > 0) await dropForgottenBases(store, meta, answer.epochFrom);
      if (held.size === 0) return;
      for (const document of answer.documents) {
        if (held.has(document.id)) masters.set(document.id, document);
        if (document.kind === 'review') reviews.add(document.id);
      }
      if (!answer.more) await finish(answer);
    },
  };
}
