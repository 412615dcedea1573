import { randomInt, timingSafeEqual } from 'node:crypto';
import { UserError } from '#shared/kernel/errors.ts';

/** Without letters and digits that look alike. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const TRIES = 10;
const WINDOW_MS = 10 * 60_000;

const plain = (code: string) => Buffer.from(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''));

/**
 * The one-time code of the set-up screen, guessed at most a few times: made at start and printed on the console, unless
 * whoever started the server chose it.
 */
export function createSetupCode(now: () => number, chosen: string | null = null) {
  const letters = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const code = chosen ?? `${letters.slice(0, 4)}-${letters.slice(4)}`;
  let wrong: number[] = [];
  return {
    code,
    /** Throws UserError unless it is the code. */
    check(given: string): void {
      wrong = wrong.filter((at) => at > now() - WINDOW_MS);
      if (wrong.length >= TRIES)
        throw new UserError('rate_limited', 'Too many wrong codes. Try again in ten minutes.', 'code');
      const [a, b] = [plain(given), plain(code)];
      if (a.length === b.length && timingSafeEqual(a, b)) return;
      wrong.push(now());
      throw new UserError('unauthorized', 'That is not the code on the console.', 'code');
    },
  };
}
