/**
 * Requests that repeat the one just before them. A client whose answer was lost sends again; it is told so instead of
 * being obeyed twice. Only the last request about a subject counts: A, B, A is three requests, not a repetition.
 * Memory of one process: what slips through (another process, a restart) is written again with the same result.
 */
import { createHash } from 'node:crypto';
import { UserError } from '#shared/kernel/errors.ts';

const WINDOW_MS = 10_000;
const MAX_REMEMBERED = 5_000;

export const requestHash = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

export function createDuplicates(now: () => number) {
  /** By the hash of a request: of what it was the last word, until when. */
  const answered = new Map<string, { subject: string; until: number }>();
  const lastOf = new Map<string, string>();
  const underWay = new Map<string, Promise<unknown>>();

  function isRepeated(hash: string): boolean {
    const found = answered.get(hash);
    return found !== undefined && found.until > now() && lastOf.get(found.subject) === hash;
  }

  function remember(hash: string, subject: string): void {
    answered.delete(hash);
    lastOf.delete(subject);
    answered.set(hash, { subject, until: now() + WINDOW_MS });
    lastOf.set(subject, hash);
    for (const [old, { subject: about }] of answered) {
      if (answered.size <= MAX_REMEMBERED) break;
      answered.delete(old);
      if (lastOf.get(about) === old) lastOf.delete(about);
    }
  }

  return {
    /** Does the work unless an equal request was just answered; one under way is waited for, and counts if it succeeds. */
    async guard<T>(hash: string, subjectOf: (done: T) => string, work: () => Promise<T>): Promise<T> {
      for (let other = underWay.get(hash); other; other = underWay.get(hash)) await other.catch(() => undefined);
      if (isRepeated(hash)) {
        throw new UserError('duplicate_request', 'Duplicated request: the same was just answered with success.');
      }
      const doing = work();
      underWay.set(hash, doing);
      try {
        const done = await doing;
        remember(hash, subjectOf(done));
        return done;
      } finally {
        underWay.delete(hash);
      }
    },
  };
}
