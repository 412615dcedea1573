import type { RxConflictHandler, WithDeleted } from 'rxdb/plugins/core';
import { equalJson } from '#shared/kernel/json.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent, type Merged, mergeEnvelopes } from '#shared/sync/merge.ts';
import type { LocalDocument } from './schemas.ts';

/** A merge in which a value gave way: one's own text, the server's copy, and what came of them. */
export type Loss = Pick<Merged, 'lost' | 'loser'> & { mine: LocalDocument; theirs: Envelope };

/** What the replication needs to know to settle conflicts; shared with whoever pushes. */
export type Resolver = {
  /** Text (by id) the server refused in the push being answered: its master is taken as it is. */
  refused: Map<string, Envelope>;
  /** What texts grew from that were kept through a new beginning, which replication itself has forgotten. */
  bases: Map<string, Envelope>;
  /** Called before the merged text is stored, again after a crash in between. */
  onLost: ((loss: Loss) => Promise<void>) | null;
};

/** The wire form of a local document. A removal on its way is a deletion. */
export function toEnvelope(row: WithDeleted<LocalDocument>): Envelope {
  const { id, kind, schemaVersion, rev, body, by, at } = row;
  return { id, kind, schemaVersion, rev, body, by, at, deleted: row._deleted || row.removed };
}

/** The server's copy as this device keeps it. */
export function fromEnvelope(envelope: Envelope): WithDeleted<LocalDocument> {
  const { deleted, ...rest } = envelope;
  return { ...rest, edited: 0, removed: false, _deleted: deleted };
}

/** Three-way merge with the pure function of src-shared/sync; `edited` stays as long as something waits. */
export function conflictHandler(resolver: Resolver): RxConflictHandler<LocalDocument> {
  return {
    isEqual: (a, b) =>
      a._deleted === b._deleted &&
      a.removed === b.removed &&
      a.edited === b.edited &&
      a.rev === b.rev &&
      a.schemaVersion === b.schemaVersion &&
      // What a deleted document said is forgotten in time (see rotation), which is no news to anybody.
      (a._deleted || equalJson(a.body, b.body)),
    async resolve({ newDocumentState: mine, assumedMasterState: assumed, realMasterState: theirs }) {
      const refused = resolver.refused.get(mine.id);
      if (refused) {
        resolver.refused.delete(mine.id);
        return fromEnvelope(refused);
      }
      const master = toEnvelope(theirs);
      const base = assumed ? toEnvelope(assumed) : (resolver.bases.get(mine.id) ?? null);
      const { merged, lost, loser } = mergeEnvelopes(base, toEnvelope(mine), master);
      if (lost.length > 0) await resolver.onLost?.({ mine, theirs: master, lost, loser });
      // What says the same as the server has nothing to wait for: it would not travel, so nobody would confirm it.
      if (equalContent(merged, master)) return theirs;
      const { deleted, ...rest } = merged;
      return { ...rest, edited: mine.edited, removed: deleted, _deleted: false };
    },
  };
}
