/**
 * Documents over the wire: pull by checkpoint, push with the assumed copy. A text the server refuses is kept as a review
 * before the server's copy takes its place. Another feed epoch asks the owner to start over.
 */

import { z } from 'zod';
import type { DocumentStore } from '#renderer/data/store/documents.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { type DocumentWire, type Replication, replicateDocuments } from '#renderer/data/store/replicate.ts';
import { compareHeld } from '#renderer/data/store/rescue.ts';
import type { UserStore } from '#renderer/data/store/user-store.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent } from '#shared/sync/merge.ts';
import type { Connection } from './connection.ts';
import type { DataFailure } from './data-failure.ts';
import type { Rpc } from './server-client.ts';

const INCARNATION = 'documents';
const incarnationSchema = z.object({ number: z.int() });

export type DocumentSyncOptions = {
  store: UserStore;
  documents: DocumentStore;
  meta: MetaStore;
  connection: Connection;
  rpc: Rpc;
  now: () => number;
  /** Who uses this device. */
  userId: string;
  /** Whether a document is about somebody who was erased: it goes nowhere any more. */
  isGone(document: Envelope): boolean;
  /** The server's feed began anew: local copies must be compared from scratch. Called once. */
  onEpochChanged: () => void;
  /** Something was accepted or refused. */
  onProgress: () => void;
  onError: (error: unknown) => void;
};

export async function startDocumentSync(options: DocumentSyncOptions): Promise<Replication> {
  const { store, documents, meta, connection, rpc, now } = options;
  const comparison = await compareHeld(options);
  const incarnation = (await meta.get(INCARNATION, incarnationSchema))?.number ?? 1;
  let epoch: string | null = null;
  let changed = false;
  const epochChanged = () => {
    if (!changed) options.onEpochChanged();
    changed = true;
  };
  const isEpoch = (failure: DataFailure) => failure.data.code === 'epoch_changed';

  store.resolver.onLost = async (theirs, lost) => {
    const fields = lost.map(({ field }) => field).join(', ');
    await documents.keepReview({
      reason: 'replaced',
      text: theirs,
      code: 'conflict',
      field: fields,
      message: `Somebody else changed the same: ${fields}. Your text stands; theirs is kept here.`,
      at: now(),
    });
  };

  const wire: DocumentWire = {
    async pull(after, limit) {
      const found: Envelope[] = [];
      let from = after;
      for (;;) {
        const input = { epoch: from?.epoch ?? null, after: from?.rev ?? 0, limit };
        let answer: Awaited<ReturnType<typeof rpc.sync.pull.mutate>>;
        try {
          answer = await connection.insist(() => rpc.sync.pull.mutate(input), isEpoch);
        } catch (error) {
          epochChanged();
          throw error;
        }
        if (from && answer.epoch !== from.epoch) {
          epochChanged();
          return { documents: [], checkpoint: from };
        }
        epoch = answer.epoch;
        await documents.confirm(answer.documents);
        await comparison.take(answer);
        from = { epoch: answer.epoch, rev: answer.version };
        found.push(...answer.documents);
        // RxDB takes a short answer for the last one.
        if (!answer.more || found.length >= limit) return { documents: found, checkpoint: from };
      }
    },
    async push(rows) {
      // A text that says what the server has already needs no journey: its own copy after a conflict or refusal, or one
      // whose confirmation was just noted.
      const news = rows.filter(
        ({ assumed, next }) => !(assumed && equalContent(assumed, next)) && !options.isGone(next),
      );
      if (news.length === 0) return [];
      const current = epoch ?? (await connection.insist(() => rpc.sync.manifest.query())).epoch;
      epoch = current;
      const answer = await connection
        .insist(() => rpc.sync.push.mutate({ epoch: current, rows: news }), isEpoch)
        .catch((error) => {
          epochChanged();
          throw error;
        });
      for (const { id, code, field, message, master } of answer.refusals) {
        const refused = news.find(({ next }) => next.id === id);
        if (!refused) continue;
        await documents.keepReview({
          reason: 'refused',
          text: refused.next,
          code,
          field: field ?? null,
          message,
          at: now(),
        });
        store.resolver.refused.set(id, master);
      }
      const open = new Set([...answer.conflicts.map(({ id }) => id), ...answer.refusals.map(({ id }) => id)]);
      await documents.confirmRemoved(
        news.filter(({ next }) => next.deleted && !open.has(next.id)).map(({ next }) => next.id),
      );
      // Accepted texts come back with their revision by a pull.
      queueMicrotask(() => replication.resync());
      options.onProgress();
      return [...answer.conflicts, ...answer.refusals.map(({ master }) => master)];
    },
  };
  const replication = replicateDocuments(store, `documents-${incarnation}`, wire, options.onError);
  return replication;
}

/** Makes the next replication compare everything anew. */
export async function forgetReplication(meta: MetaStore): Promise<void> {
  const incarnation = (await meta.get(INCARNATION, incarnationSchema))?.number ?? 1;
  await meta.set(INCARNATION, { number: incarnation + 1 });
}
