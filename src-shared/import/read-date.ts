/** Dates as people write them in tables, brought into ISO form. */
import type { DateOrder } from '#shared/kernel/instant-text.ts';

export type ReadDate = {
  /** 2026-11-23 */
  date: string;
  /** 14:30:00; null where only a day was written. */
  time: string | null;
  /** Z or +02:00; empty where none was written. */
  offset: string;
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ukrainian = ['січ', 'лют', 'бер', 'кві', 'тра', 'чер', 'лип', 'сер', 'вер', 'жов', 'лис', 'гру'];

const clock =
  /^(.*?)[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(am|pm)?\s*(Z|UTC|[+-]\d{2}:?(?:\d{2})?)?$/i;
const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const dayName = /^(\d{1,2})[ -](\p{L}{3,})\.?,?[ -](\d{4})(?: ?р\.?)?$/u;
const nameDay = /^(\p{L}{3,})\.? (\d{1,2}),? (\d{4})$/u;

const pad = (value: number): string => String(value).padStart(2, '0');

function monthOf(name: string): number {
  const start = name.toLowerCase().slice(0, 3);
  return Math.max(months.indexOf(start), ukrainian.indexOf(start)) + 1;
}

/** "26" is this century's, "85" the last one's. */
const fullYear = (year: string): number =>
  year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);

function isoDay(year: number, month: number, day: number): string | null {
  const text = `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
  const at = Date.parse(`${text}T00:00:00Z`);
  // The 31st of February would roll over into March.
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text ? text : null;
}

function readDay(text: string, order: DateOrder | null): string | null {
  const iso = yearFirst.exec(text);
  if (iso) return isoDay(Number(iso[1]), Number(iso[3]), Number(iso[4]));
  const named = dayName.exec(text);
  if (named) return isoDay(Number(named[3]), monthOf(named[2] ?? ''), Number(named[1]));
  const american = nameDay.exec(text);
  if (american) return isoDay(Number(american[3]), monthOf(american[1] ?? ''), Number(american[2]));
  const last = yearLast.exec(text);
  if (!last) return null;
  const [, first = '', separator, second = '', year = ''] = last;
  // Points always mean day first; a figure above 12 is no month.
  const known = separator === '.' || Number(first) > 12 ? 'dmy' : Number(second) > 12 ? 'mdy' : order;
  if (known === null) return null;
  const [day, month] = known === 'dmy' ? [first, second] : [second, first];
  return isoDay(fullYear(year), Number(month), Number(day));
}

/** Whether a date cannot be read only because nothing tells its day from its month. */
export function isAmbiguousDate(text: string): boolean {
  const day = clock.exec(text.trim())?.[1] ?? text.trim();
  return readDay(day, null) === null && readDay(day, 'dmy') !== null && readDay(day, 'mdy') !== null;
}

/** The date of a cell, or null when it is none, or nothing tells day from month. */
export function readDate(text: string, order: DateOrder | null): ReadDate | null {
  const trimmed = text.trim();
  const timed = clock.exec(trimmed);
  const date = readDay(timed ? (timed[1] ?? '') : trimmed, order);
  if (date === null) return null;
  if (!timed) return { date, time: null, offset: '' };
  const [, , hours = '0', minutes = '0', seconds = '0', half, offset = ''] = timed;
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hours);
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return { date, time: `${pad(hour)}:${minutes}:${pad(Number(seconds))}`, offset: isoOffset(offset) };
}

function isoOffset(offset: string): string {
  if (offset === '') return '';
  if (/^(z|utc)$/i.test(offset)) return 'Z';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
