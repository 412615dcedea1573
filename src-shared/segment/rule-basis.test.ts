import { expect, test } from 'vitest';
import { movesWithTime, ruleBasis } from './rule-basis.ts';
import type { Rule } from './segment.schema.ts';

const place = { zone: 'Europe/Kyiv', currency: 'UAH', parameters: new Map(), fields: new Map() };
const inKyiv: Rule = { type: 'text', field: 'town', op: 'is', values: ['Kyiv'] };
const bought = (period: Extract<Rule, { type: 'activity' }>['period'], measure: 'count' | 'net' = 'count'): Rule => ({
  type: 'activity',
  source: { table: 'order' },
  period,
  ...{ measure, op: 'atLeast', value: 1, window: null },
});

test('a rule moves with time when it looks at a window that ends now, however deep it stands', () => {
  expect(movesWithTime(inKyiv, place)).toBe(false);
  expect(movesWithTime(bought(null), place)).toBe(false);
  expect(movesWithTime(bought({ type: 'between', from: 1, to: 2 }), place)).toBe(false);
  expect(movesWithTime(bought({ type: 'lastDays', days: 30 }), place)).toBe(true);
  const deep: Rule = { type: 'all', rules: [inKyiv, { type: 'not', rule: bought({ type: 'localDays', days: 1 }) }] };
  expect(movesWithTime(deep, place)).toBe(true);
  expect(movesWithTime({ type: 'any', rules: [] }, place)).toBe(false);
});

test('a basis is another one when the rule is, or what it means here', () => {
  const amount = bought(null, 'net');
  expect(ruleBasis(amount, place)).toBe(ruleBasis(structuredClone(amount), place));
  expect(ruleBasis(amount, place)).not.toBe(ruleBasis(bought(null), place));
  expect(ruleBasis(amount, place)).not.toBe(ruleBasis(amount, { ...place, currency: 'EUR' }));
  // A condition that is written in another way and says the same is no other rule.
  expect(ruleBasis({ type: 'text', field: 'town', op: 'is', values: ['KYIV'] }, place)).toBe(ruleBasis(inKyiv, place));
});
