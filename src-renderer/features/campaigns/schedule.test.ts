import { expect, test } from 'vitest';
import { fromWallText, leftWords, suggestedStart, wallText } from './schedule.ts';

test('wall-clock text and instants agree in the zone, also when clocks change', () => {
  const at = Date.parse('2026-07-01T06:00:00Z');
  expect(wallText(at, 'Europe/Kyiv')).toBe('2026-07-01 09:00:00');
  expect(fromWallText('2026-07-01 09:00:00', 'Europe/Kyiv')).toBe(at);
  expect(fromWallText('2026-12-01 09:00:00', 'Europe/Kyiv')).toBe(Date.parse('2026-12-01T07:00:00Z'));
  expect(fromWallText('soon', 'UTC')).toBeNull();
});

test('the suggestion is tomorrow at nine, local time', () => {
  const late = Date.parse('2026-11-23T22:30:00Z');
  expect(wallText(suggestedStart(late, 'Europe/Kyiv'), 'Europe/Kyiv')).toBe('2026-11-25 09:00:00');
});

test('what is left is said in the unit one would say', () => {
  expect([0, 7_200, 60_000, 5_400_000, 7_200_000, 3 * 86_400_000].map(leftWords)).toEqual([
    '0 s',
    '8 s',
    '1 min',
    '1 h 30 min',
    '2 h',
    '3 days',
  ]);
});
