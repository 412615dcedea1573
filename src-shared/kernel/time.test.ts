import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, isTimeZone, localDate, periods, startOfDate, zoneOffset } from './time.ts';

const zones = [
  'UTC',
  'Europe/Kyiv',
  'Europe/London',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Australia/Lord_Howe',
];
const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2035, 0, 1) });

test('an instant lies inside the local day it is said to lie in', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), instant, (zone, at) => {
      const date = localDate(zone, at);
      const start = startOfDate(zone, date);
      expect(start).toBeLessThanOrEqual(at);
      expect(at - start).toBeLessThan(DAY_MS + 3 * 3_600_000);
    }),
  );
});

test('periods cover a range without gap or overlap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom('day' as const, 'month' as const),
      instant,
      fc.integer({ min: 1, max: 90 * DAY_MS }),
      (zone, by, from, length) => {
        const found = periods(zone, by, from, from + length);
        expect(found[0]?.from).toBeLessThanOrEqual(from);
        expect(found.at(-1)?.to).toBeGreaterThanOrEqual(from + length);
        for (let i = 1; i < found.length; i++) expect(found[i]?.from).toBe(found[i - 1]?.to);
        expect(new Set(found.map((period) => period.period)).size).toBe(found.length);
      },
    ),
    { numRuns: 60 },
  );
});

test('days around a change of clocks have 23 and 25 hours', () => {
  const hours = (from: string) => {
    const start = startOfDate('Europe/London', from);
    const [day] = periods('Europe/London', 'day', start, start + 1);
    return ((day?.to ?? 0) - (day?.from ?? 0)) / 3_600_000;
  };
  expect(hours('2011-03-27')).toBe(23);
  expect(hours('2011-10-30')).toBe(25);
  expect(hours('2011-06-01')).toBe(24);
});

test('an empty range has no periods', () => {
  expect(periods('UTC', 'day', 10, 10)).toEqual([]);
  expect(periods('UTC', 'day', 10, 5)).toEqual([]);
});

test('offsets and names', () => {
  expect(zoneOffset('Europe/Kyiv', Date.UTC(2026, 0, 1))).toBe(2 * 3_600_000);
  expect(isTimeZone('Europe/Kyiv')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
});
