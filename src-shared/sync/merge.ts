import { equalJson } from '#shared/kernel/json.ts';
import { mergeRule } from './document-kinds.ts';
import type { Envelope } from './envelope.schema.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A value that gave way to another; both are kept for people to see. Field `deleted` = a deletion gave way to an edit. */
export type Lost = { field: string; kept: unknown; lost: unknown };

/**
 * Joins two versions of a document's body that grew from the same base. One side unchanged: the other side. Different
 * fields: both. The same field: mine, because a client merges before it pushes again and so comes later in server order;
 * what it replaces is in `lost`. Nested values (a segment's rule, an event type's list of columns) count as one field,
 * because half of one side's and half of the other's may mean nothing. Base null = both sides created it.
 */
export function mergeDocument(kind: string, base: Body | null, mine: Body, theirs: Body): { body: Body; lost: Lost[] } {
  const { merge, sets } = mergeRule(kind);
  // Append-only documents do not change and server-owned ones are not ours: the server's copy stands.
  if (merge === 'append' || merge === 'server') return { body: theirs, lost: [] };
  const body: Record<string, unknown> = {};
  const lost: Lost[] = [];
  for (const field of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = sets.includes(field)
      ? mergeSet(base?.[field], mine[field], theirs[field])
      : merge === 'sets'
        ? theirs[field]
        : mergeField(field, base?.[field], { mine: mine[field], theirs: theirs[field] }, lost);
    if (value !== undefined) body[field] = value;
  }
  return { body, lost };
}

function mergeField(field: string, was: unknown, { mine, theirs }: { mine: unknown; theirs: unknown }, lost: Lost[]) {
  if (equalJson(mine, was)) return theirs;
  if (!equalJson(theirs, was) && !equalJson(mine, theirs)) {
    lost.push({ field, kept: mine ?? null, lost: theirs ?? null });
  }
  return mine;
}

/** Theirs, without what mine took out, with what mine put in. */
function mergeSet(base: unknown, mine: unknown, theirs: unknown): unknown[] {
  const [was, ours, others] = [base, mine, theirs].map((side): unknown[] => (Array.isArray(side) ? side : []));
  const has = (side: unknown[] | undefined, item: unknown) => side?.some((one) => equalJson(one, item)) ?? false;
  const kept = (others ?? []).filter((item) => has(ours, item) || !has(was, item));
  return [...kept, ...(ours ?? []).filter((item) => !has(was, item) && !has(kept, item))];
}

/** Whether two copies say the same, whatever their revision. */
export function equalContent(a: Envelope, b: Envelope): boolean {
  if (a.kind !== b.kind || a.deleted !== b.deleted) return false;
  return a.deleted || (a.schemaVersion === b.schemaVersion && equalJson(a.body, b.body));
}

/** A deletion that gave way to an edit. */
export const DELETED: Lost = { field: 'deleted', kept: false, lost: true };

/** What came of two copies; `loser` says whose values are in `lost`. */
export type Merged = { merged: Envelope; lost: Lost[]; loser: 'mine' | 'theirs' };

const deletion = (theirs: Envelope, merged: Envelope, loser: Merged['loser']): Merged => ({
  merged: { ...merged, rev: theirs.rev },
  lost: [DELETED],
  loser,
});

/**
 * What a client pushes after a conflict: the merged content on top of the server's revision. An edit outlives a
 * deletion, on whichever side it was, because only the edit cannot be repeated with one click.
 */
export function mergeEnvelopes(base: Envelope | null, mine: Envelope, theirs: Envelope): Merged {
  const { merge } = mergeRule(theirs.kind);
  const stands: Merged = { merged: theirs, lost: [], loser: 'theirs' };
  if (merge === 'append' || merge === 'server' || mine.kind !== theirs.kind) return stands;
  if (base && equalContent(mine, base)) return stands;
  if (theirs.deleted && (mine.deleted || merge === 'sets')) return stands;
  if (base && equalContent(theirs, base)) return { ...stands, merged: { ...mine, rev: theirs.rev } };
  if (mine.deleted) return deletion(theirs, theirs, 'mine');
  if (theirs.deleted) return deletion(theirs, mine, 'theirs');
  const { body, lost } = mergeDocument(theirs.kind, base?.body ?? null, mine.body, theirs.body);
  const schemaVersion = Math.max(mine.schemaVersion, theirs.schemaVersion);
  return { merged: { ...theirs, schemaVersion, body }, lost, loser: 'theirs' };
}
