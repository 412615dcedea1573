/** Reads instants written as text. Without an offset they are wall-clock times of the zone given by the caller. */
import { fromWall } from './time.ts';

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const numbered = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Which of "1/2/2011" comes first. */
export type DateOrder = 'dmy' | 'mdy';

function wallTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
): number | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // The 31st of February would roll over into March.
  return new Date(wall).getUTCDate() === day && year >= 1000 ? wall : null;
}

/** Epoch ms of an ISO date or date-time (an offset wins over the zone), or null. */
export function parseIsoInstant(text: string, zone: string): number | null {
  const match = iso.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const wall = wallTime(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), ms);
  if (wall === null) return null;
  if (!offset) return fromWall(zone, wall);
  if (offset.toUpperCase() === 'Z') return wall;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const shift = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return offset.startsWith('-') ? wall + shift : wall - shift;
}

/** What a value like "13/1/2011" tells about the order of day and month in its column; null when it says nothing. */
export function dateOrderOf(text: string): DateOrder | 'undecided' | null {
  const match = numbered.exec(text.trim());
  if (!match) return null;
  if (match[2] === '.') return 'dmy';
  if (Number(match[1]) > 12) return 'dmy';
  return Number(match[3]) > 12 ? 'mdy' : 'undecided';
}

/** Epoch ms of ISO text or of day, month and year in figures; those need the column's order (points always mean day first). */
export function parseInstant(text: string, zone: string, order: DateOrder | null): number | null {
  const exact = parseIsoInstant(text, zone);
  if (exact !== null) return exact;
  const match = numbered.exec(text.trim());
  if (!match) return null;
  const [, first, separator, second, year, hour = '0', minute = '0', seconds = '0'] = match;
  const known = separator === '.' ? 'dmy' : order;
  if (!known) return null;
  const [day, month] = known === 'dmy' ? [first, second] : [second, first];
  const wall = wallTime(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(seconds), 0);
  return wall === null ? null : fromWall(zone, wall);
}
