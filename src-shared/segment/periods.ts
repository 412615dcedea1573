import { assertUnreachable } from '#shared/kernel/assert.ts';
import { DAY_MS, localDate, startOfDate } from '#shared/kernel/time.ts';
import type { Period } from './leaf-parts.ts';

/** Half-open epoch bounds; null = open. */
export type Bounds = { from: number | null; to: number | null };

/** The epoch bounds of a period. Moving periods end with now itself: what lies in the future is outside. */
export function resolvePeriod(period: Period, { now, zone }: { now: number; zone: string }): Bounds {
  switch (period.type) {
    case 'lastDays':
      return { from: now - period.days * DAY_MS, to: now + 1 };
    case 'localDays': {
      const first = Date.parse(`${localDate(zone, now)}T00:00:00Z`) - (period.days - 1) * DAY_MS;
      return { from: startOfDate(zone, new Date(first).toISOString().slice(0, 10)), to: now + 1 };
    }
    case 'between':
      return { from: period.from, to: period.to };
    default:
      return assertUnreachable(period);
  }
}
