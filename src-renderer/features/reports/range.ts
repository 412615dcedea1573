/**
 * Ranges of a report. They end at the last day that has data, not at today: a shop whose export ends in 2011 is
 * looked at as it was, and "last 30 days" never shows an empty picture for history.
 * Dates are calendar days ("2011-12-09") in the workspace zone.
 */
import { DAY_MS, startOfDate } from '#shared/kernel/time.ts';

export const presets = ['30d', '90d', '12m', 'all', 'custom'] as const;
export type Preset = (typeof presets)[number];
export type DateRange = { from: string; to: string };

export const presetWords: Record<Preset, string> = {
  '30d': '30 days',
  '90d': '90 days',
  '12m': '12 months',
  all: 'All',
  custom: 'Custom',
};

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const text = (wall: number) => new Date(wall).toISOString().slice(0, 10);

export function addDays(date: string, days: number): string {
  return text(day(date) + days * DAY_MS);
}

/** Days in the range, both ends counted. */
export function lengthInDays(range: DateRange): number {
  return Math.round((day(range.to) - day(range.from)) / DAY_MS) + 1;
}

function yearBefore(date: string): string {
  const [year = 1970, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  // 29 February has no day a year before; 28 February stands for it.
  const lastOfMonth = new Date(Date.UTC(year - 1, month, 0)).getUTCDate();
  return text(Date.UTC(year - 1, month - 1, Math.min(dayOfMonth, lastOfMonth)));
}

/** The preset's days inside `data` (first and last day with data). A custom range is taken as it is. */
export function presetRange(preset: Preset, data: DateRange, custom: DateRange | null): DateRange {
  if (preset === 'custom' && custom) return custom;
  if (preset === 'all' || preset === 'custom') return data;
  const from = preset === '12m' ? addDays(yearBefore(data.to), 1) : addDays(data.to, preset === '30d' ? -29 : -89);
  return { from, to: data.to };
}

/** The same number of days just before; null when it would lie wholly before the data. */
export function previousRange(range: DateRange, data: DateRange): DateRange | null {
  const to = addDays(range.from, -1);
  if (to < data.from) return null;
  return { from: addDays(to, 1 - lengthInDays(range)), to };
}

/** Half-open epoch bounds of the range in the zone. */
export function rangeBounds(range: DateRange, zone: string): { from: number; to: number } {
  return { from: startOfDate(zone, range.from), to: startOfDate(zone, addDays(range.to, 1)) };
}

/** More than this many bars are read as months. */
export function bestStep(range: DateRange): 'day' | 'month' {
  return lengthInDays(range) > 124 ? 'month' : 'day';
}
