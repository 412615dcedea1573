/** Pure calendar arithmetic. The caller passes every instant; nothing here reads a clock. */

export const DAY_MS = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, found);
  }
  return found;
}

/** Whether the IANA zone name is known to this runtime. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The zone's offset from UTC at an instant, in ms (east is positive). */
export function zoneOffset(zone: string, at: number): number {
  if (zone === 'UTC') return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
  return wall - Math.floor(at / 1000) * 1000;
}

/** Epoch ms of a wall-clock time (given as if it were UTC) in the zone; in a gap the later instant, in an overlap the earlier. */
export function fromWall(zone: string, wall: number): number {
  const before = wall - zoneOffset(zone, wall - DAY_MS);
  if (before + zoneOffset(zone, before) === wall) return before;
  const after = wall - zoneOffset(zone, wall + DAY_MS);
  return after + zoneOffset(zone, after) === wall ? after : before;
}

/** "2011-12-09" of an instant, in the zone. */
export function localDate(zone: string, at: number): string {
  return new Date(at + zoneOffset(zone, at)).toISOString().slice(0, 10);
}

/** First instant of a calendar date ("2011-12-09") in the zone. */
export function startOfDate(zone: string, date: string): number {
  return fromWall(zone, Date.parse(`${date}T00:00:00Z`));
}

export type Period = { period: string; from: number; to: number };

/**
 * The days or months ("2011-12-09", "2011-12") that cover [from, to), as half-open epoch bounds in the zone.
 * Both engines compare integers against this one table, so a day is the same day everywhere.
 */
export function periods(zone: string, by: 'day' | 'month', from: number, to: number): Period[] {
  const found: Period[] = [];
  if (!(to > from)) return found;
  const [year = 1970, month = 1, day = 1] = localDate(zone, from).split('-').map(Number);
  for (let step = 0; ; step++) {
    const wall = by === 'day' ? Date.UTC(year, month - 1, day + step) : Date.UTC(year, month - 1 + step, 1);
    const next = by === 'day' ? Date.UTC(year, month - 1, day + step + 1) : Date.UTC(year, month + step, 1);
    const start = fromWall(zone, wall);
    if (start >= to) return found;
    const label = new Date(wall).toISOString().slice(0, by === 'day' ? 10 : 7);
    found.push({ period: label, from: start, to: fromWall(zone, next) });
  }
}
