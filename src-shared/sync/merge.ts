import { equalJson } from '#shared/kernel/json.ts';
import { mergeRule } from './document-kinds.ts';
import type { Envelope } from './envelope.schema.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A value that gave way to a later one; it is kept for the person to see. Field `deleted` = a deletion gave way to an edit. */
export type Lost = { field: string; value: unknown };

/**
 * Joins two versions of a document's body that grew from the same base. One side unchanged: the other side. Different
 * fields: both. The same field: mine, because a client merges before it pushes again and so comes later in server order;
 * what it replaces is in `lost`. Nested values (a segment's rule) count as one field. Base null = both sides created it.
 */
export function mergeDocument(kind: string, base: Body | null, mine: Body, theirs: Body): { body: Body; lost: Lost[] } {
  const rule = mergeRule(kind);
  if (rule !== 'fields') {
    // Append-only documents do not change and server-owned ones are not ours: the server's copy stands.
    return { body: theirs, lost: [] };
  }
  const body: Record<string, unknown> = {};
  const lost: Lost[] = [];
  for (const field of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const was = base?.[field];
    const mineChanged = !equalJson(mine[field], was);
    const theirsChanged = !equalJson(theirs[field], was);
    const value = mineChanged ? mine[field] : theirs[field];
    if (value !== undefined) body[field] = value;
    if (mineChanged && theirsChanged && !equalJson(mine[field], theirs[field])) {
      lost.push({ field, value: theirs[field] ?? null });
    }
  }
  return { body, lost };
}

/** Whether two copies say the same, whatever their revision. */
export function equalContent(a: Envelope, b: Envelope): boolean {
  if (a.kind !== b.kind || a.deleted !== b.deleted) return false;
  return a.deleted || (a.schemaVersion === b.schemaVersion && equalJson(a.body, b.body));
}

/**
 * What a client pushes after a conflict: the merged content on top of the server's revision. An edit outlives a
 * deletion, on whichever side it was, because only the edit cannot be repeated with one click.
 */
export function mergeEnvelopes(
  base: Envelope | null,
  mine: Envelope,
  theirs: Envelope,
): { merged: Envelope; lost: Lost[] } {
  const rule = mergeRule(theirs.kind);
  if (rule !== 'fields' || (base && equalContent(mine, base))) return { merged: theirs, lost: [] };
  if (base && equalContent(theirs, base)) return { merged: { ...mine, rev: theirs.rev }, lost: [] };
  if (mine.deleted && theirs.deleted) return { merged: theirs, lost: [] };
  if (mine.deleted) return { merged: theirs, lost: [{ field: 'deleted', value: true }] };
  if (theirs.deleted) return { merged: { ...mine, rev: theirs.rev }, lost: [{ field: 'deleted', value: true }] };
  const { body, lost } = mergeDocument(theirs.kind, base?.body ?? null, mine.body, theirs.body);
  const schemaVersion = Math.max(mine.schemaVersion, theirs.schemaVersion);
  return { merged: { ...theirs, schemaVersion, body }, lost };
}
