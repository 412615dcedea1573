import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMoney, parseMoney, parseQuantity, parseScaled } from './money.ts';

test('decimals become integers of 1/10,000 and come back', () => {
  expect(parseMoney('2.55')).toBe(25_500);
  expect(parseMoney('-11062.06')).toBe(-110_620_600);
  expect(parseMoney('+0.001')).toBe(10);
  expect(parseMoney('12.')).toBe(120_000);
  expect(parseQuantity('6')).toBe(6_000);
  expect(formatMoney(25_500)).toBe('2.55');
  expect(formatMoney(-10)).toBe('-0.001');
  expect(formatMoney(0)).toBe('0.00');
  expect(formatMoney(89_114_079_040n)).toBe('8911407.904');
});

test('digits beyond the scale are rounded half away from zero', () => {
  expect(parseScaled('0.00005', 4)).toBe(1);
  expect(parseScaled('-0.00005', 4)).toBe(-1);
  expect(parseScaled('0.000049', 4)).toBe(0);
  expect(parseScaled('0.99995', 4)).toBe(10_000);
});

test('what is not a plain decimal, or too large to be exact, is refused', () => {
  for (const text of [
    '',
    ' ',
    'abc',
    '1e5',
    '1,5',
    '--1',
    '.',
    '0x10',
    'NaN',
    'Infinity',
    '1 2',
    '99999999999999999',
  ]) {
    expect(parseMoney(text), text).toBeNull();
  }
});

test('zero has one sign', () => {
  expect(Object.is(parseMoney('-0'), 0)).toBe(true);
});

test('formatting and parsing are inverse for every exact amount', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (amount) => {
      expect(parseMoney(formatMoney(amount))).toBe(amount + 0);
    }),
  );
});
