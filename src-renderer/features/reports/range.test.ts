import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, bestStep, lengthInDays, presetRange, previousRange, rangeBounds } from './range.ts';

const uci = { from: '2010-12-01', to: '2011-12-09' };

test('presets end at the last day with data, not today', () => {
  expect(presetRange('30d', uci, null)).toEqual({ from: '2011-11-10', to: '2011-12-09' });
  expect(presetRange('90d', uci, null)).toEqual({ from: '2011-09-11', to: '2011-12-09' });
  expect(presetRange('12m', uci, null)).toEqual({ from: '2010-12-10', to: '2011-12-09' });
  expect(presetRange('all', uci, null)).toEqual(uci);
});

test('a custom range is taken as it is; without one everything is shown', () => {
  const custom = { from: '2011-01-01', to: '2011-01-31' };
  expect(presetRange('custom', uci, custom)).toEqual(custom);
  expect(presetRange('custom', uci, null)).toEqual(uci);
});

test('twelve months before a leap day start on 1 March', () => {
  expect(presetRange('12m', { from: '2020-01-01', to: '2024-02-29' }, null).from).toBe('2023-03-01');
});

test('the comparison is as long as the range and ends the day before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }), (start, length) => {
      const from = addDays('2010-12-01', start);
      const range = { from, to: addDays(from, length - 1) };
      const before = previousRange(range, { from: '2000-01-01', to: '2030-01-01' });
      expect(before && lengthInDays(before)).toBe(length);
      expect(before && addDays(before.to, 1)).toBe(range.from);
    }),
  );
});

test('there is no comparison before the first day with data', () => {
  expect(previousRange(uci, uci)).toBeNull();
  expect(previousRange({ from: '2010-12-02', to: '2010-12-09' }, uci)).toEqual({
    from: '2010-11-24',
    to: '2010-12-01',
  });
});

test('bounds are half-open days of the zone, also across a change of clocks', () => {
  const bounds = rangeBounds({ from: '2026-03-29', to: '2026-03-29' }, 'Europe/Kyiv');
  expect(bounds.to - bounds.from).toBe(23 * 3_600_000);
});

test('long ranges are read by month', () => {
  expect(bestStep({ from: '2011-11-10', to: '2011-12-09' })).toBe('day');
  expect(bestStep(uci)).toBe('month');
});
