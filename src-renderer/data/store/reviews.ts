import { mergeReviewId, type ReviewBody, reviewSchema } from '#shared/sync/review.schema.ts';
import { nameOf } from './change-journal.ts';
import type { Loss } from './conflicts.ts';
import type { DocumentStore } from './documents.ts';

/** [REV-1] The review of a merge that lost a value. The same merge makes the same review again. */
export function reviewOfLoss(
  { mine, theirs, lost, loser }: Loss,
  { userId, now }: { userId: string; now: number },
): { id: string; body: ReviewBody } {
  const [keptBy, lostBy] = loser === 'theirs' ? [userId, theirs.by] : [theirs.by, userId];
  const body: ReviewBody = {
    about: { kind: mine.kind, id: mine.id, name: nameOf(mine.body) || nameOf(theirs.body), contactId: null },
    fields: lost.map(({ field, kept, lost: value }) => ({ field, kept, lost: value, personal: false })),
    keptBy,
    lostBy,
    at: now,
    reason: 'merge',
    settledBy: [],
  };
  return { id: mergeReviewId(theirs.rev, userId, mine.edited), body };
}

/** Writes again the reviews that were refused while this person might not edit. */
export async function writeKeptReviews(documents: DocumentStore, now: () => number): Promise<void> {
  for (const { id, body } of await documents.refusals.reviews()) {
    if (!(await documents.get(id))) await documents.save('review', id, body, now());
    await documents.refusals.dropReview(id);
  }
}

/** Whether a person has still to decide on a review. */
export function isOpenFor(userId: string, { keptBy, lostBy, settledBy }: ReviewBody): boolean {
  return (keptBy === userId || lostBy === userId) && !settledBy.includes(userId);
}

/** `rev`: 0 while the server has not accepted it. */
export type OpenReview = { id: string; rev: number; body: ReviewBody };

/** The reviews a person has still to decide on. */
export async function openReviews(documents: DocumentStore, userId: string): Promise<OpenReview[]> {
  const found: OpenReview[] = [];
  for (const { id, rev, body } of await documents.list('review')) {
    const parsed = reviewSchema.safeParse(body);
    if (parsed.success && isOpenFor(userId, parsed.data)) found.push({ id, rev, body: parsed.data });
  }
  return found;
}
