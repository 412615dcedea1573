import { expect, test } from 'vitest';
import { changeWords, measureValue } from './measures.ts';

test('a change is told with its sign, and not at all without something to compare with', () => {
  expect(changeWords(112, 100)).toBe('+12%');
  expect(changeWords(95.5, 100)).toBe('−4.5%');
  expect(changeWords(100, 100)).toBe('±0%');
  expect(changeWords(5, 0)).toBeNull();
  expect(changeWords(5, null)).toBeNull();
  expect(changeWords(2500, 100)).toBe('+2,400%');
});

test('a rise from a loss is a rise', () => {
  expect(changeWords(50, -100)).toBe('+150%');
});

test('figures read as numbers', () => {
  const figures = { gross: '10.5', returns: '2', net: '8.5', orders: 3, customers: 2 };
  expect(measureValue(figures, 'net')).toBe(8.5);
  expect(measureValue(figures, 'orders')).toBe(3);
});
