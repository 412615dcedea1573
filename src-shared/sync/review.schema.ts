import { z } from 'zod';

/**
 * A value that gave way when two people changed the same thing. Written by whoever merged (documents) or by the server
 * (contacts), sent to both authors; each may take a version back, which is an ordinary edit, or set it aside.
 */
export const reviewSchema = z.object({
  about: z.object({
    kind: z.string().max(40),
    id: z.string().max(80),
    /** As it was called then: a segment's name; empty for contacts, whose name is looked up. */
    name: z.string().max(300),
    /** For contacts: which one. */
    contactId: z.int().nullable(),
  }),
  fields: z
    .array(
      z.object({
        field: z.string().max(80),
        kept: z.unknown(),
        lost: z.unknown(),
        /** True when either value may hold personal data: then it goes only to those who may see that. */
        personal: z.boolean(),
      }),
    )
    .min(1)
    .max(100),
  keptBy: z.string().max(80).nullable(),
  lostBy: z.string().max(80).nullable(),
  at: z.number(),
  /** merge: two edits; restored: the server was put back to an older state than this device. */
  reason: z.enum(['merge', 'restored']),
  /** Users who have settled it; merged as a set. */
  settledBy: z.array(z.string().max(80)).max(1000),
});
export type ReviewBody = z.infer<typeof reviewSchema>;
export const REVIEW_VERSION = 1;

/** Id of the review of what a contact edit replaced. */
export const replacedReviewId = (editId: string): string => `review:${editId}`.slice(0, 80);

/**
 * Id of the review of a merge: the server's revision that took part, the one who merged and when their text was written.
 * Merging again after a crash finds it there.
 */
export const mergeReviewId = (rev: number, userId: string, editedAt: number): string =>
  `review:${rev.toString(36)}:${editedAt.toString(36)}:${userId}`.slice(0, 80);

/** The server's revision that took part in the merge a review is about; null for other reviews. */
export function revOfMerge(reviewId: string): number | null {
  const rev = /^review:([0-9a-z]+):[0-9a-z]+:/.exec(reviewId)?.[1];
  return rev === undefined ? null : Number.parseInt(rev, 36);
}
