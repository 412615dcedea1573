/**
 * What becomes of a pushed document, decided by what was pushed and the server's copy alone (SPEC.md: DOC, REF, EDIT,
 * REV). No database here: the simulation's server decides by the same functions.
 */
import type { Caller } from '#shared/api/ports.ts';
import { type ContactEdit, contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { equalJson } from '#shared/kernel/json.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent } from '#shared/sync/merge.ts';
import { type ReviewBody, reviewSchema } from '#shared/sync/review.schema.ts';
import { mayPush, maySee, mayWriteView } from './document-access.ts';
import type { Problem } from './document-check.ts';

export type Author = Pick<Caller, 'userId' | 'role'>;
export type Candidate = { assumedRev: number; next: Envelope; edit: ContactEdit | null };
export type Verdict = { is: 'write' | 'same' | 'conflict' } | { is: 'refused'; problem: Problem };

const refused = (code: Problem['code'], message: string, field?: string): Verdict => ({
  is: 'refused',
  problem: { code, message, ...(field === undefined ? {} : { field }) },
});

/** The verdict on content, and whether the author's role allows what follows from it (ROLE-3). */
export function judge(
  { userId, role }: Author,
  candidate: Candidate,
  master: Envelope | undefined,
  fields: FieldSpecs = new Map(),
): Verdict {
  const verdict = judgeContent(candidate, master, userId);
  if (verdict.is === 'refused' || (verdict.is === 'same' && (!master || maySee(role, master)))) return verdict;
  const problem = mayPush(role, candidate.next, master, fields) ?? mayWriteView(userId, candidate.next, master);
  return problem ? { is: 'refused', problem } : verdict;
}

function judgeContent({ assumedRev, next, edit }: Candidate, master: Envelope | undefined, userId: string): Verdict {
  if (!master) {
    if (next.deleted) return { is: 'same' };
    return next.kind === 'review' ? judgeNewReview(next, userId) : { is: 'write' };
  }
  if (master.kind !== next.kind) return refused('invalid_input', 'A document keeps its kind.', 'kind');
  if (next.kind === 'contact-edit') {
    if (edit && isSameEdit(edit, master)) return { is: 'same' };
    return refused('conflict', 'An edit that was taken is never changed.');
  }
  if (equalContent(next, master)) return { is: 'same' };
  if (master.rev !== assumedRev) return { is: 'conflict' };
  return next.kind === 'review' ? judgeReview(next, master, userId) : { is: 'write' };
}

/** The server may have normalised the stored value, so that only what names the edit is compared. */
function isSameEdit(edit: ContactEdit, master: Envelope): boolean {
  const stored = contactEditSchema.safeParse(master.body);
  if (!stored.success) return false;
  const { contactId, field, at } = stored.data;
  return equalJson({ contactId, field, at }, { contactId: edit.contactId, field: edit.field, at: edit.at });
}

/** Whoever merged is one of the two it is about; nobody else can vouch for it. */
function judgeNewReview({ body }: Envelope, userId: string): Verdict {
  const review = reviewSchema.parse(body);
  if (review.keptBy !== userId && review.lostBy !== userId) {
    return refused('forbidden', 'A review is written by one of the people it is about.', 'keptBy');
  }
  return settlesForOthers([], review.settledBy, userId) ?? { is: 'write' };
}

/** [REV-2] After it was written, people only settle it, each for themselves. */
function judgeReview(next: Envelope, master: Envelope, userId: string): Verdict {
  if (next.deleted || master.deleted) return refused('conflict', 'A review is settled, not removed.');
  const [was, now] = [reviewSchema.parse(master.body), reviewSchema.parse(next.body)];
  const { settledBy: _was, ...text } = master.body;
  const { settledBy: _now, ...nextText } = next.body;
  if (!equalJson(text, nextText)) return refused('conflict', 'A review is settled, never changed.');
  return settlesForOthers(was.settledBy, now.settledBy, userId) ?? { is: 'write' };
}

function settlesForOthers(
  was: ReviewBody['settledBy'],
  now: ReviewBody['settledBy'],
  userId: string,
): Verdict | undefined {
  const changed = [...was.filter((id) => !now.includes(id)), ...now.filter((id) => !was.includes(id))];
  if (changed.every((id) => id === userId)) return undefined;
  return refused('forbidden', 'A review is settled by everybody for themselves.', 'settledBy');
}

/** What the server answers as its copy of a document it has not. */
export function tombstone({ id, kind, schemaVersion }: Envelope): Envelope {
  return { id, kind, schemaVersion, rev: 0, body: {}, deleted: true, by: null, at: null };
}

/** Where the feed is, as far as judging a client's place in it goes. */
export type FeedPlace = {
  epoch: string;
  version: number;
  /** Tombstones and edits up to here may be gone. */
  prunedTo: number;
};

/** [EPOCH-1] Refuses a client that knows another past. `after` beyond the newest version can only come from one. */
export function checkEpoch(feed: Pick<FeedPlace, 'epoch' | 'version'>, epoch: string | null, after: number): void {
  if ((epoch !== null && epoch !== feed.epoch) || after > feed.version) {
    throw new UserError(
      'epoch_changed',
      'The server was restored; this device reads everything anew and keeps its unsent changes.',
    );
  }
}

/**
 * [TOMB-2] Refuses a pull that would miss a deletion: one from before what was pruned, unless it is a page of a reading
 * that began at 0 when the feed was already beyond that.
 */
export function checkReach(feed: FeedPlace, after: number, begun: number): void {
  if (after > 0 && Math.max(after, begun) < feed.prunedTo) {
    throw new UserError('resync_needed', 'This device was away for long: it compares everything anew.');
  }
}
