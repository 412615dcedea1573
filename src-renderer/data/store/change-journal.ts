/**
 * What others (or another device of the same person) changed, noted as it arrives, so that one can see it later: what, by
 * whom, when, and both values where they are not too long. Notes with personal values go with them: see forgetting.ts.
 */
import { z } from 'zod';
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { kindSpec, mergeRule } from '#shared/sync/document-kinds.ts';
import { documentKinds, type Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent } from '#shared/sync/merge.ts';
import type { ReviewBody } from '#shared/sync/review.schema.ts';
import type { MetaStore } from './meta.ts';

const noteSchema = z.object({
  id: z.string(),
  at: z.number(),
  by: z.string().nullable(),
  kind: z.enum(documentKinds),
  documentId: z.string(),
  name: z.string(),
  contactId: z.int().nullable(),
  what: z.enum(['made', 'changed', 'removed']),
  fields: z.array(z.string()),
  values: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })).optional(),
  merged: z.boolean(),
  /** Their author made a version stand again that had given way. */
  tookBack: z.boolean().optional(),
});
export type ChangeNote = z.infer<typeof noteSchema>;

/** What this device had of a document when a copy of it arrived. */
export type Before = {
  /** The copy of the server's that it knew; null = none. */
  known: Envelope | null;
  /** One's own text on its way; null when nothing waits. */
  mine: Envelope | null;
};

const KEY = 'change:';
const MOST = 500;
/** Of a value as JSON, in characters. */
const LONGEST_VALUE = 4_000;

/**
 * Whether a copy is what this device itself has sent: `mine` waits for it, or `sent` was the text before it was edited again.
 * A pull may bring it before the answer to the push has said so.
 */
export function isOwnCopy(
  copy: Envelope,
  { mine, sent, userId }: { mine: Envelope | null; sent: Envelope | undefined; userId: string },
): boolean {
  if (!mine || copy.by !== userId) return false;
  // What is written once was written here: its id is this device's.
  if (mergeRule(copy.kind).merge === 'append') return true;
  return equalContent(mine, copy) || (sent !== undefined && equalContent(sent, copy));
}

/** Whether the author of a change made the version stand again with which they had given way (SPEC.md: REV-2). */
export function tookBack(note: ChangeNote, reviews: readonly ReviewBody[]): boolean {
  return reviews.some(
    ({ about, fields, lostBy, reason }) =>
      reason === 'merge' &&
      lostBy !== null &&
      lostBy === note.by &&
      (about.contactId === null ? about.id === note.documentId : about.contactId === note.contactId) &&
      fields.some(({ field, kept, lost }) =>
        note.values?.some(
          (value) =>
            value.field === field &&
            equalJson(value.from ?? null, kept ?? null) &&
            equalJson(value.to ?? null, lost ?? null),
        ),
      ),
  );
}

/** The note about a copy that arrived; null when it is no news or nothing people care to hear. */
export function noteOf(copy: Envelope, { known, mine }: Before, now: number): ChangeNote | null {
  const kind = documentKinds.find((one) => one === copy.kind);
  const spec = kindSpec(copy.kind, copy.id);
  // What the server makes by itself is no one's change, and reviews are shown as such.
  if (!kind || !spec || spec.merge === 'server' || spec.merge === 'sets') return null;
  const had = known && !known.deleted ? known : null;
  if (!had && copy.deleted) return null;
  const base = { id: noteKey(copy), at: copy.at ?? now, by: copy.by, kind, documentId: copy.id, merged: mine !== null };
  if (kind === 'contact-edit') {
    const edit = contactEditSchema.safeParse(copy.body);
    if (had || !edit.success) return null;
    const { contactId, field, from, to } = edit.data;
    const values = [{ field, from, to }];
    return { ...base, name: '', contactId, what: 'changed', fields: [field], values, merged: false };
  }
  const fields = had && !copy.deleted ? changedFields(had.body, copy.body) : [];
  if (had && !copy.deleted && fields.length === 0) return null;
  const values = had && fields.length > 0 ? { values: valuesOf(fields, had.body, copy.body) } : {};
  const name = nameOf(copy.deleted ? (had?.body ?? {}) : copy.body);
  return {
    ...base,
    name,
    contactId: null,
    what: copy.deleted ? 'removed' : had ? 'changed' : 'made',
    fields,
    ...values,
  };
}

/** Both values of each field, but for those too long to be read in a list. */
export function valuesOf(
  fields: readonly string[],
  was: Envelope['body'],
  now: Envelope['body'],
): ChangeNote['values'] {
  return fields
    .map((field) => ({ field, from: was[field] ?? null, to: now[field] ?? null }))
    .filter(({ from, to }) => [from, to].every((value) => JSON.stringify(value).length <= LONGEST_VALUE));
}

/** The server's revision that a note is about. */
export const revOfNote = ({ id }: Pick<ChangeNote, 'id'>): number => Number(id.slice(KEY.length, KEY.length + 16));

/** Keys in the order of revisions: the newest are read first. A copy that is pulled again after a crash is noted once. */
const noteKey = ({ rev, id }: Envelope): string => `${KEY}${String(rev).padStart(16, '0')}:${id}`;

export function changedFields(was: Envelope['body'], now: Envelope['body']): string[] {
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  // A default that another version of the app writes out is no change.
  return [...names].filter((field) => !equalJson(was[field] ?? null, now[field] ?? null));
}

/** What a document is called; empty for those without a name. An event type is called by its key. */
export function nameOf({ name, key }: Readonly<Record<string, unknown>>): string {
  const found = name ?? key;
  return typeof found === 'string' ? found.slice(0, 300) : '';
}

export class ChangeJournal {
  readonly #meta: MetaStore;

  constructor(meta: MetaStore) {
    this.#meta = meta;
  }

  async note(notes: readonly ChangeNote[]): Promise<void> {
    if (notes.length === 0) return;
    await this.#meta.setAll(notes.map((value) => ({ key: value.id, value })));
    const all = await this.#meta.list(KEY, noteSchema);
    if (all.length > MOST) await this.#meta.remove(all.slice(0, all.length - MOST).map(({ key }) => key));
  }

  /** Newest first. */
  async newest(limit: number): Promise<ChangeNote[]> {
    const all = await this.#meta.list(KEY, noteSchema);
    return all
      .map(({ value }) => value)
      .toReversed()
      .slice(0, limit);
  }
}
