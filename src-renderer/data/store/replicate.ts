import { getAssumedMasterState, type WithDeleted } from 'rxdb/plugins/core';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import { filter, firstValueFrom, merge, Subject } from 'rxjs';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { fromEnvelope, toEnvelope } from './conflicts.ts';
import type { LocalDocument } from './schemas.ts';
import type { UserStore } from './user-store.ts';

export type Checkpoint = {
  epoch: string;
  rev: number;
  /** Where the server was when this device began to read from 0. */
  begun: number;
};

/** `isServers`: what is assumed is a copy that came from the server, not a text of this device that it took. */
export type PushRow = {
  assumed: Envelope | null;
  next: Envelope;
  isServers: boolean;
  /** A person wrote it here. Else RxDB pushes a copy it has just pulled and does not remember yet. */
  isEdit: boolean;
};
/**
 * The wire, as replication needs it. Both wait while the server is away; they reject only when replication stops. The answer
 * to a push names no copy that is older than one pulled meanwhile.
 */
export type DocumentWire = {
  pull(after: Checkpoint | null, limit: number): Promise<{ documents: Envelope[]; checkpoint: Checkpoint }>;
  /** Answers the server's copies that differ from what was assumed, refused ones included. */
  push(rows: PushRow[]): Promise<Envelope[]>;
};
export type Replication = {
  /** The server's copies that texts of this device grew from, by id. */
  bases(ids: readonly string[]): Promise<Map<string, Envelope>>;
  /** Pulls once more; also pushes what waits. */
  resync(): void;
  stop(): Promise<void>;
};

/** Revision of a copy that the server took and that has not come back. */
const UNSEEN = Number.MAX_SAFE_INTEGER;
const BATCH = 500;
/**
 * RxDB pushes what is more than this in several batches at the same time, and looks at their answers only when all are there:
 * one that came early would be out of date. More than anybody leaves unsent; the wire is told in pieces.
 */
const PUSHED_TOGETHER = 5_000;
const RETRY_MS = 2_000;
/** A push that takes longer than this, because it is tried again and again, does not hold back what others changed. */
const HELD_BACK_MS = 2_000;

/** Replicates the documents. `identifier` changes when everything has to be compared anew (another feed epoch). */
export function replicateDocuments(
  store: UserStore,
  identifier: string,
  wire: DocumentWire,
  onError: (error: unknown) => void,
): Replication {
  const events = new Subject<'RESYNC'>();
  /** Documents that came by a pull since a push was answered. */
  const pulled = new Set<string>();
  const state: RxReplicationState<LocalDocument, Checkpoint> = replicateRxCollection<LocalDocument, Checkpoint>({
    replicationIdentifier: identifier,
    collection: store.db.documents,
    live: true,
    retryTime: RETRY_MS,
    waitForLeadership: false,
    toggleOnDocumentVisible: false,
    pull: {
      batchSize: BATCH,
      stream$: events,
      handler: async (after, limit) => {
        const { documents, checkpoint } = await wire.pull(after ?? null, limit);
        for (const { id } of documents) pulled.add(id);
        await takeUnremembered(documents);
        return { documents: documents.map(fromEnvelope), checkpoint };
      },
    },
    push: {
      batchSize: PUSHED_TOGETHER,
      handler: async (rows) => {
        const read = rows.map(({ assumedMasterState, newDocumentState }) => ({
          assumed: assumedMasterState ? toEnvelope(assumedMasterState) : null,
          next: toEnvelope(newDocumentState),
          isServers: assumedMasterState?.edited === 0,
          isEdit: newDocumentState.edited > 0,
        }));
        const sent = read.filter((row) => !overtakenBy(row));
        const newer = read.map(overtakenBy).filter((copy) => copy !== null);
        for (const copy of newer) store.resolver.refused.set(copy.id, copy);
        for (;;) {
          const conflicts = [...newer, ...(await whilePullsPass(() => wire.push(sent)))];
          // What comes now is passed over as well, and this answer is too old to bring it.
          pulled.clear();
          await noPull();
          if (!sent.some(({ next }) => pulled.has(next.id))) return conflicts.map(fromEnvelope);
        }
      },
    },
  });
  /**
   * RxDB keeps events of the stream waiting until no push is under way. A copy that comes in between is no harm: where
   * something waits to be pushed it is passed over, and the answer to the push brings it (see DocumentWire).
   */
  async function whilePullsPass<T>(push: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      const up = state.internalReplicationState?.events.active.up;
      if (!up?.getValue()) return;
      up.next(false);
      up.next(true);
    }, HELD_BACK_MS);
    try {
      return await push();
    } finally {
      clearInterval(timer);
    }
  }
  /**
   * RxDB writes what came first, and what it remembers of it after. Where a crash came in between it takes the copy for an
   * edit of this device: it passes over newer ones, and does not push it either when its place in that is beyond it already.
   */
  async function takeUnremembered(copies: readonly Envelope[]): Promise<void> {
    const internal = state.internalReplicationState;
    const rows = await store.db.documents.findByIds(copies.map(({ id }) => id)).exec();
    if (!internal || rows.size === 0) return;
    const remembered = await getAssumedMasterState(internal, [...rows.keys()]);
    for (const copy of copies) {
      const row = remembered[copy.id] ? undefined : rows.get(copy.id);
      if (row?.edited === 0) {
        await row.incrementalModify((now) => (now.edited > 0 ? now : { ...now, ...fromEnvelope(copy) }));
      }
    }
  }
  /** Resolves when no pull is under way, or never will be. */
  async function noPull(): Promise<void> {
    const down = state.internalReplicationState?.events.active.down;
    if (down?.getValue())
      await firstValueFrom(merge(down.pipe(filter((active) => !active)), state.canceled$.pipe(filter(Boolean))), {
        defaultValue: true,
      });
  }
  state.error$.subscribe(onError);
  return {
    async bases(ids) {
      const internal = state.internalReplicationState;
      if (!internal || ids.length === 0) return new Map();
      const assumed = Object.values(await getAssumedMasterState(internal, [...ids]));
      return new Map(assumed.map(({ docData }) => [docData.id, baseOf(docData)]));
    },
    resync: () => events.next('RESYNC'),
    stop: async () => {
      await state.cancel();
    },
  };
}

/**
 * The copy that a text was overtaken by before its turn to be pushed came; null when none was. RxDB reads what it is going
 * to push before it waits for the push under way, and asks what that grew from only after: pulled meanwhile, the newer copy
 * would be said to be what the older text grew from, and be overwritten. What was made anew after a deletion begins at 0.
 */
export function overtakenBy({ assumed, next }: Pick<PushRow, 'assumed' | 'next'>): Envelope | null {
  return assumed && next.rev > 0 && next.rev < assumed.rev ? assumed : null;
}

/**
 * A text that the server took, but that has not come back yet, has a revision this device does not know: newer than any it
 * does. A server that was restored since may never have had it.
 */
function baseOf(row: WithDeleted<LocalDocument>): Envelope {
  const copy = toEnvelope(row);
  return row.edited > 0 ? { ...copy, rev: UNSEEN } : copy;
}

export const isUnseen = ({ rev }: Pick<Envelope, 'rev'>): boolean => rev === UNSEEN;
