/**
 * Beginning anew. What this device has not sent yet is edited again; what a server that was restored meanwhile had accepted
 * and does not know any more becomes reviews, once its copies have been read (SPEC.md: EPOCH, TOMB-2).
 */
import { z } from 'zod';
import { equalJson } from '#shared/kernel/json.ts';
import { mergeRule } from '#shared/sync/document-kinds.ts';
import { type Envelope, envelopeSchema } from '#shared/sync/envelope.schema.ts';
import type { pullOutput } from '#shared/sync/wire.schema.ts';
import { changedFields } from './change-journal.ts';
import { toEnvelope } from './conflicts.ts';
import type { DocumentStore } from './documents.ts';
import { isHeld, lostReviews, lostTexts } from './lost-texts.ts';
import type { MetaStore } from './meta.ts';
import { isUnseen, type Replication } from './replicate.ts';
import { type LocalDocument, localDocumentSchema } from './schemas.ts';
import { recreateDocuments, type UserStore } from './user-store.ts';

const KEY = 'rescue';
/** Which of the server's pasts a copy is of; null = not known. */
const epochSchema = z.string().nullable().default(null);
const baseSchema = z.object({ copy: envelopeSchema, epoch: epochSchema });
const rescueSchema = z.object({ rows: z.array(localDocumentSchema), bases: z.array(baseSchema).default([]) });
const BASE = 'base:';
const HELD = 'held:';
/** `own`: the fields that an unsent edit, which grew from this copy, says otherwise; absent where nothing was unsent. */
const heldSchema = z.object({
  copy: localDocumentSchema,
  epoch: epochSchema,
  own: z.array(z.string()).optional(),
});

/** What unsent texts grew from. Replication knows it, and forgets it with the new beginning: ask before it is stopped. */
export async function basesOfUnsent(store: UserStore, replication: Replication | null): Promise<Map<string, Envelope>> {
  const unsent = await store.db.documents.find({ selector: { edited: { $gt: 0 } } }).exec();
  const known = await replication?.bases(unsent.map(({ id }) => id));
  return new Map([...store.resolver.bases, ...(known ?? [])]);
}

/**
 * Throws away every copy, but no text may be lost for it. They are set aside first, so that a crash in between loses
 * nothing; see finishRescue. Also what the server had accepted is set aside: only its next answer says whether it still has
 * that. `epoch` is what the copies are of.
 */
export async function startOver(
  store: UserStore,
  meta: MetaStore,
  epoch: string | null,
  bases: ReadonlyMap<string, Envelope>,
): Promise<void> {
  const rows = (await store.db.documents.find().exec()).map((row) => row.toMutableJSON());
  const of = epoch?.slice(0, 8) ?? '';
  const held = [...rows.map((copy) => ({ copy, epoch })), ...basesHeld(rows, bases).map((one) => ({ ...one, epoch }))];
  await meta.setAll(
    held.filter(({ copy }) => isHeld(copy)).map((value) => ({ key: `${HELD}${of}:${value.copy.id}`, value })),
  );
  const unsent = rows.filter(({ edited }) => edited > 0);
  // They are new to this reading: the revision they grew from is told by the base alone.
  await meta.set(KEY, {
    rows: unsent.map((row) => ({ ...row, rev: 0, body: addedBody(row, bases.get(row.id)) })),
    bases: unsent.flatMap(({ id, kind }) => {
      const copy = mergeRule(kind).merge === 'sets' ? undefined : bases.get(id);
      return copy ? [{ copy, epoch }] : [];
    }),
  });
  await finishRescue(store, meta);
}

/** What unsent edits grew from had been accepted as much as what nobody has edited here. */
function basesHeld(rows: readonly LocalDocument[], bases: ReadonlyMap<string, Envelope>) {
  return rows.flatMap((row) => {
    const base = row.edited > 0 ? bases.get(row.id) : undefined;
    if (!base || base.deleted || isUnseen(base) || mergeRule(row.kind).merge !== 'fields') return [];
    const { deleted: _, ...copy } = base;
    return [
      { copy: { ...copy, edited: 0, removed: false }, own: row.removed ? [] : changedFields(base.body, row.body) },
    ];
  });
}

/**
 * Of a review only what this person added to it: a server that has forgotten it takes it as a new one, and nobody settles
 * one for another. Without a base the sets of both sides are joined.
 */
function addedBody({ kind, body }: LocalDocument, base: Envelope | undefined): LocalDocument['body'] {
  const { merge, sets } = mergeRule(kind);
  if (merge !== 'sets' || !base) return body;
  const added = sets.map((name) => {
    const [was, now] = [base.body[name], body[name]].map((set): unknown[] => (Array.isArray(set) ? set : []));
    return [name, now?.filter((item) => !was?.some((one) => equalJson(one, item))) ?? []];
  });
  return { ...body, ...Object.fromEntries(added) };
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

/**
 * Forgets bases that are texts of this device which never came back, where a restored server has forgotten them: against them
 * they would not be sent again. Other bases stay, so that only what was edited here is sent; see basesHeld.
 */
async function dropForgottenBases(
  store: UserStore,
  meta: MetaStore,
  { epoch, epochFrom }: z.infer<typeof pullOutput>,
): Promise<void> {
  for (const { key, value } of await meta.list(BASE, baseSchema)) {
    if (value.epoch === epoch || value.copy.rev <= epochFrom || !isUnseen(value.copy)) continue;
    await meta.remove([key]);
    store.resolver.bases.delete(value.copy.id);
  }
}

export type Comparison = {
  /** Forgets what texts grew from where the server has forgotten it. */
  judgeBases(answer: z.infer<typeof pullOutput>): Promise<void>;
  /** Takes each answer to a pull; when one is the last, keeps what the server has lost as reviews, and its reviews. */
  take(answer: z.infer<typeof pullOutput>): Promise<void>;
};

/** Compares what was held at a new beginning with what the server has now. */
export async function compareHeld(options: {
  store: UserStore;
  meta: MetaStore;
  documents: DocumentStore;
  userId: string;
  /** The server refuses reviews of those who may not edit: what was lost stays held until they may. */
  mayEdit(): boolean;
  now: () => number;
}): Promise<Comparison> {
  const { store, meta, documents, userId, mayEdit, now } = options;
  const held = await meta.list(HELD, heldSchema);
  const ids = new Set(held.map(({ value }) => value.copy.id));
  const masters = new Map<string, Envelope>();
  /** Reviews that another device of this person made are not made again. */
  const reviews = new Set<string>();

  /** A restore also puts back the roles of then: what cannot be made a review now waits for the right to edit. */
  async function keepFor(older: typeof held): Promise<void> {
    await meta.remove(held.filter((one) => !older.includes(one)).map(({ key }) => key));
    held.splice(0, held.length, ...older);
    masters.clear();
    reviews.clear();
  }

  async function finish({ epoch, epochFrom }: z.infer<typeof pullOutput>): Promise<void> {
    // Within one epoch the server loses nothing that it had accepted.
    const older = held.filter(({ value }) => value.epoch !== epoch);
    if (!mayEdit()) return keepFor(older);
    // Pages that were pulled before a reload are in the store already.
    const stored = await store.db.documents.findByIds([...ids].filter((id) => !masters.has(id))).exec();
    for (const [id, row] of stored) masters.set(id, toEnvelope({ ...row.toMutableJSON(), _deleted: false }));
    const past = older.map(({ value }) => value);
    const restored = { epoch, epochFrom, masters, userId };
    const reviewsHeld = past.map(({ copy }) => copy);
    for (const { id, body } of lostReviews(reviewsHeld, restored)) await documents.save('review', id, body, now());
    for (const { id, body } of lostTexts(past, restored)) {
      const known = reviews.has(id) || (await store.db.documents.findOne(id).exec()) !== null;
      if (!known) await documents.save('review', id, body, now());
    }
    await meta.remove(held.map(({ key }) => key));
    held.length = 0;
    ids.clear();
    masters.clear();
    reviews.clear();
  }

  const judgeBases: Comparison['judgeBases'] = async (answer) => {
    if (store.resolver.bases.size > 0) await dropForgottenBases(store, meta, answer);
  };
  return {
    judgeBases,
    async take(answer) {
      if (held.length === 0) return;
      for (const document of answer.documents) {
        if (ids.has(document.id)) masters.set(document.id, document);
        if (document.kind === 'review') reviews.add(document.id);
      }
      if (!answer.more) await finish(answer);
    },
  };
}
