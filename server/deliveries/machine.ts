/**
 * Whether an open or a click was a person's. Mail programs and scanners fetch pictures and follow links by themselves;
 * those are kept apart, never thrown away. The rules are coarse and err towards "machine":
 * - HEAD, no user agent, or one that names a bot, a library or a scanner;
 * - Apple Mail Privacy Protection: its proxy calls itself exactly "Mozilla/5.0";
 * - anything before or within two seconds after the hand-over: nobody reads that fast, gateways do;
 * - Gmail's and Yahoo's picture proxies fetch when the mail is opened, so they are people, except within ten seconds.
 */
import { isbot } from 'isbot';

export const PREFETCH_MS = 2_000;
export const PROXY_PREFETCH_MS = 10_000;

export type Visit = {
  method: string;
  userAgent: string;
  at: number;
  /** When the mail was handed over; null = not yet recorded. */
  sentAt: number | null;
};

export function isMachine({ method, userAgent, at, sentAt }: Visit): boolean {
  const agent = userAgent.trim();
  if (method === 'HEAD' || agent === '' || agent === 'Mozilla/5.0') return true;
  const age = sentAt === null ? 0 : at - sentAt;
  if (/GoogleImageProxy|YahooMailProxy/i.test(agent)) return age < PROXY_PREFETCH_MS;
  return age < PREFETCH_MS || isbot(agent);
}
