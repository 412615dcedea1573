/**
 * Documents over the wire: pull by checkpoint, push with the assumed copy. A text the server refuses is kept beside the
 * documents before the server's copy takes its place; a value that gave way in a merge becomes a review for both authors.
 * Another feed epoch, or having been away for long, asks the owner to start over.
 */

import { z } from 'zod';
import { ChangeJournal, type ChangeNote, isOwnCopy, noteOf, tookBack } from '#renderer/data/store/change-journal.ts';
import { toEnvelope } from '#renderer/data/store/conflicts.ts';
import type { DocumentStore } from '#renderer/data/store/documents.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { type DocumentWire, type Replication, replicateDocuments } from '#renderer/data/store/replicate.ts';
import { compareHeld, readBases } from '#renderer/data/store/rescue.ts';
import { reviewOfLoss } from '#renderer/data/store/reviews.ts';
import type { UserStore } from '#renderer/data/store/user-store.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent } from '#shared/sync/merge.ts';
import { reviewSchema } from '#shared/sync/review.schema.ts';
import type { refusalSchema } from '#shared/sync/wire.schema.ts';
import type { Connection } from './connection.ts';
import { DataFailure } from './data-failure.ts';
import type { Rpc } from './server-client.ts';
import { UnderWay } from './under-way.ts';

/** Documents in one request; more that wait are told in several, and looked at together. */
const PUSH_ROWS = 100;
type Refused = z.infer<typeof refusalSchema>;

const INCARNATION = 'documents';
/** Of the replication, and the server's epoch that its revisions belong to. */
const incarnationSchema = z.object({ number: z.int(), epoch: z.string().nullable().default(null) });

export type DocumentSyncOptions = {
  store: UserStore;
  documents: DocumentStore;
  meta: MetaStore;
  connection: Connection;
  rpc: Rpc;
  now: () => number;
  /** Who uses this device. */
  userId: string;
  /** Whether the server would take a text from this person. */
  mayEdit(): boolean;
  /** Whether a document must be neither kept here nor sent: it is about somebody erased, or not wanted on this device. */
  isGone(document: Envelope): boolean;
  /** Local copies must be compared from scratch; `restored`: with a server whose past has changed. Called once. */
  onEpochChanged: (restored: boolean) => void;
  /** Something was accepted or refused. */
  onProgress: () => void;
  onError: (error: unknown) => void;
};

const startsOver = ({ data: { code } }: DataFailure): boolean => code === 'epoch_changed' || code === 'resync_needed';

export async function startDocumentSync(options: DocumentSyncOptions): Promise<Replication> {
  const { store, documents, meta, connection, rpc, now, userId } = options;
  const comparison = await compareHeld(options);
  const journal = new ChangeJournal(meta);
  const incarnation = (await meta.get(INCARNATION, incarnationSchema)) ?? { number: 1, epoch: null };
  store.resolver.bases = await readBases(store, meta);
  let { epoch } = incarnation;
  let over = false;

  function startOver(restored: boolean): void {
    if (!over) options.onEpochChanged(restored);
    over = true;
  }

  /** Repeats until the server answered; what only a new beginning can answer is told to the owner. */
  async function ask<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await connection.insist(action, startsOver);
    } catch (error) {
      if (error instanceof DataFailure && startsOver(error)) startOver(error.data.code === 'epoch_changed');
      throw error;
    }
  }

  /** Before the first page has come. What texts grew from is judged first: a conflict would be settled against it. */
  async function askEpoch(): Promise<string> {
    const answer = await ask(() => rpc.sync.pull.mutate({ epoch: null, after: 0, limit: 1 }));
    await comparison.judgeBases(answer);
    return answer.epoch;
  }

  async function learnEpoch(answered: string): Promise<void> {
    if (epoch === answered) return;
    epoch = answered;
    await meta.set(INCARNATION, { number: incarnation.number, epoch });
  }

  store.resolver.onLost = async (loss) => {
    const { id, body } = reviewOfLoss(loss, { userId, now: now() });
    // Found when the merge is done again after a crash.
    if (!(await store.db.documents.findOne(id).exec())) await documents.save('review', id, body, now());
  };

  /** Notes what is news about copies that arrived. What came before the first complete reading is no news. */
  async function noteChanges(copies: readonly Envelope[], begun: number): Promise<void> {
    const fresh = copies.filter((copy) => copy.rev > begun && !options.isGone(copy));
    if (fresh.length === 0) return;
    const rows = await store.db.documents.findByIds(fresh.map(({ id }) => id)).exec();
    const had = new Map([...rows].map(([id, row]) => [id, row.toMutableJSON()]));
    const waiting = [...had.values()].filter(({ edited }) => edited > 0).map(({ id }) => id);
    const bases = await replication.bases(waiting);
    const notes = fresh.map((copy) => {
      const row = had.get(copy.id);
      const local = row ? toEnvelope({ ...row, _deleted: false }) : null;
      const mine = row && row.edited > 0 ? local : null;
      if (isOwnCopy(copy, { mine, sent: lastSent.get(copy.id), userId })) return null;
      const known = mine ? (bases.get(copy.id) ?? store.resolver.bases.get(copy.id) ?? null) : local;
      return noteOf(copy, { known, mine }, now());
    });
    await journal.note(
      await markTakenBack(
        notes.filter((note) => note !== null),
        copies,
      ),
    );
  }

  /** The review tells it, which may have come together with the change. */
  async function markTakenBack(notes: ChangeNote[], copies: readonly Envelope[]): Promise<ChangeNote[]> {
    if (!notes.some(({ values }) => values !== undefined)) return notes;
    const arrived = copies.filter(({ kind }) => kind === 'review');
    const reviews = [...(await documents.list('review')), ...arrived].flatMap(
      ({ body }) => reviewSchema.safeParse(body).data ?? [],
    );
    return notes.map((note) => (tookBack(note, reviews) ? { ...note, tookBack: true } : note));
  }

  /**
   * Copies that were pulled while a push was under way; null while none is. RxDB passes over a pulled copy where something
   * waits to be pushed, and trusts the answer of the push to bring it: that answer may be older.
   */
  let overtaking: Map<string, Envelope> | null = null;
  /** What the newest push says. */
  let lastSent = new Map<string, Envelope>();
  /** Where the reading began that goes on; null before its first page. */
  let readingFrom: number | null = null;

  const wire: DocumentWire = {
    async pull(after, limit) {
      const found: Envelope[] = [];
      let from = after;
      for (;;) {
        const input = { epoch: from?.epoch ?? null, after: from?.rev ?? 0, begun: from?.begun, limit };
        const answer = await ask(() => rpc.sync.pull.mutate(input));
        const begun = from?.begun ?? answer.newest;
        // Also a reading from 0 may meet another past than the one this device knew before it began anew.
        const expected = from?.epoch ?? incarnation.epoch;
        if (expected !== null && answer.epoch !== expected) {
          startOver(true);
          return { documents: [], checkpoint: from ?? { epoch: answer.epoch, rev: 0, begun } };
        }
        // Before a push learns the epoch from it.
        await comparison.judgeBases(answer);
        await learnEpoch(answer.epoch);
        readingFrom = begun;
        await noteChanges(answer.documents, begun);
        for (const copy of answer.documents) overtaking?.set(copy.id, copy);
        await documents.confirm(answer.documents);
        await comparison.take(answer);
        from = { epoch: answer.epoch, rev: answer.version, begun };
        found.push(...answer.documents.filter((document) => !options.isGone(document)));
        // RxDB takes a short answer for the last one.
        if (!answer.more || found.length >= limit) return { documents: found, checkpoint: from };
      }
    },
    async push(rows) {
      const sent = rows.filter(({ next }) => !options.isGone(next));
      if (sent.length === 0) return [];
      // A text that says what the server had (its copy after a conflict or refusal, one whose confirmation was just noted)
      // travels too: RxDB passes over a copy that is pulled while this waits, and only the server's answer brings it back.
      const news = sent.filter(({ assumed, next }) => !(assumed && equalContent(assumed, next)));
      const current = epoch ?? (await askEpoch());
      const pulled = new Map<string, Envelope>();
      overtaking = pulled;
      lastSent = new Map(sent.map(({ next }) => [next.id, next]));
      const told = sent.map(({ assumed, next }) => ({ assumed, next }));
      const pushed = async () => {
        const whole = { conflicts: [] as Envelope[], refusals: [] as Refused[], same: [] as Envelope[] };
        for (let from = 0; from < told.length; from += PUSH_ROWS) {
          const rows = told.slice(from, from + PUSH_ROWS);
          const answered = await ask(() => rpc.sync.push.mutate({ epoch: current, rows }));
          whole.conflicts.push(...answered.conflicts);
          whole.refusals.push(...answered.refusals);
          whole.same.push(...(answered.same ?? []));
        }
        // What is merged with here, and written over, comes by no pull any more.
        if (readingFrom !== null) await noteChanges(whole.conflicts, readingFrom);
        return whole;
      };
      const answer = await pushed().finally(() => {
        overtaking = null;
      });
      const newest = (copy: Envelope): Envelope => {
        const other = pulled.get(copy.id);
        return other && other.rev > copy.rev ? other : copy;
      };
      for (const { id, code, field, message, master } of answer.refusals) {
        const refused = news.find(({ next }) => next.id === id);
        if (!refused) continue;
        if (!refused.isEdit) {
          // Nobody's text: the server's own copy takes its place.
        } else if (refused.next.kind === 'review') {
          // It is written by the app, and nobody could mend it. What only the right to edit is missing for is not lost.
          if (code === 'forbidden' && master.rev === 0) await documents.refusals.keepReview(refused.next);
        } else {
          const base = (refused.assumed ?? store.resolver.bases.get(id))?.body ?? null;
          await documents.refusals.keep({ text: refused.next, base, code, field: field ?? null, message, at: now() });
        }
        store.resolver.refused.set(id, newest(master));
      }
      const open = new Set([...answer.conflicts.map(({ id }) => id), ...answer.refusals.map(({ id }) => id)]);
      // Taken, and somebody went on from it before the answer came: theirs stands.
      const passed = sent.flatMap(({ assumed, next }) => {
        const copy = open.has(next.id) ? undefined : pulled.get(next.id);
        return copy && copy.rev > (assumed?.rev ?? 0) && !equalContent(copy, next) ? [copy] : [];
      });
      for (const copy of passed) {
        store.resolver.refused.set(copy.id, copy);
        open.add(copy.id);
      }
      // Also one that is no news: removed here after the server's deletion had become what this text grew from.
      await documents.confirmRemoved(
        sent.filter(({ next }) => next.deleted && !open.has(next.id)).map(({ next }) => next.id),
      );
      // What the server has said itself, as after an edit that was taken back, makes no revision that a pull could bring.
      await documents.confirm([
        ...sent.flatMap(({ assumed, next, isServers }) =>
          assumed && isServers && !open.has(next.id) && equalContent(assumed, next) ? [assumed] : [],
        ),
        ...answer.same,
      ]);
      // Accepted texts come back with their revision by a pull.
      queueMicrotask(() => replication.resync());
      options.onProgress();
      return [...answer.conflicts.map(newest), ...answer.refusals.map(({ master }) => newest(master)), ...passed];
    },
  };
  const underWay = new UnderWay();
  const inStep: DocumentWire = {
    pull: (after, limit) => underWay.run(() => wire.pull(after, limit)),
    push: (rows) => underWay.run(() => wire.push(rows)),
  };
  const replication = replicateDocuments(store, `documents-${incarnation.number}`, inStep, (error) => {
    // What begins anew or ends is no failure.
    if (!over) options.onError(error);
  });
  return {
    ...replication,
    async stop() {
      over = true;
      // RxDB does not wait for what it has asked: that writes to the store, too.
      await Promise.all([replication.stop(), underWay.end()]);
    },
  };
}

/** The server's epoch that the copies on this device are of; null before the first reading. */
export async function knownEpoch(meta: MetaStore): Promise<string | null> {
  return (await meta.get(INCARNATION, incarnationSchema))?.epoch ?? null;
}

/** Makes the next replication compare everything anew. With a server known to be `restored` any epoch is expected. */
export async function forgetReplication(meta: MetaStore, restored: boolean): Promise<void> {
  const known = await meta.get(INCARNATION, incarnationSchema);
  await meta.set(INCARNATION, { number: (known?.number ?? 1) + 1, epoch: restored ? null : (known?.epoch ?? null) });
}
