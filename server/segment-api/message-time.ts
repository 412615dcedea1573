import { parseIsoInstant } from '#shared/kernel/instant-text.ts';

/** What a request may take on its way: a smaller difference says nothing about the sender's clock. */
const ON_THE_WAY_MS = 10_000;
const FUTURE_MS = 300_000;

type Stamps = { timestamp?: string | null; originalTimestamp?: string | null; sentAt?: string | null };

const read = (text: string | null | undefined): number | null => (text ? parseIsoInstant(text, 'UTC') : null);

/**
 * When it happened, by our clock: received − (sent − happened), both of the latter by the sender's clock. What would then
 * lie in the future, or says no time at all, happened now.
 */
export function messageInstant(given: Stamps, batchSentAt: string | null | undefined, now: number): number {
  const said = read(given.originalTimestamp ?? given.timestamp);
  if (said === null) return now;
  const sentAt = read(given.sentAt ?? batchSentAt);
  const skew = sentAt === null ? 0 : now - sentAt;
  const at = Math.abs(skew) > ON_THE_WAY_MS ? said + skew : said;
  return at > now + FUTURE_MS || at < 0 ? now : at;
}
