import { expect, test } from 'vitest';
import { DAY_MS } from '#shared/kernel/time.ts';
import { resolvePeriod } from './periods.ts';
import { type ResolvedRule, resolveRule } from './resolve.ts';
import type { ActivityLeaf, Rule } from './segment.schema.ts';

// 00:30 on 28 October in Berlin, three days after its clocks went back.
const context = {
  now: Date.UTC(2026, 9, 27, 23, 30),
  zone: 'Europe/Berlin',
  currency: 'GBP',
  parameters: new Map(),
  fields: new Map(),
};
const { now } = context;
const everybody: ResolvedRule = { type: 'constant', member: true };
const nobody: ResolvedRule = { type: 'constant', member: false };

const count = (op: ActivityLeaf['op'], value: number, measure: ActivityLeaf['measure'] = 'count'): Rule => ({
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure,
  op,
  value,
  window: null,
});
const resolved = (rule: Rule) => resolveRule(rule, context);
const test1 = (op: string, value: number) => expect.objectContaining({ test: { op, value } });

test('moving periods end with now and begin a number of days before it', () => {
  expect(resolvePeriod({ type: 'lastDays', days: 3 }, context)).toEqual({ from: now - 3 * DAY_MS, to: now + 1 });
});

test('local days begin at midnight of the zone, whatever its clocks did', () => {
  expect(resolvePeriod({ type: 'localDays', days: 1 }, context).from).toBe(Date.UTC(2026, 9, 27, 23));
  expect(resolvePeriod({ type: 'localDays', days: 3 }, context).from).toBe(Date.UTC(2026, 9, 25, 23));
  expect(resolvePeriod({ type: 'localDays', days: 4 }, context).from).toBe(Date.UTC(2026, 9, 24, 22));
});

test('fixed periods stay as they are', () => {
  expect(resolvePeriod({ type: 'between', from: 5, to: null }, context)).toEqual({ from: 5, to: null });
});

test('operands are folded once, and equal ones are one', () => {
  expect(resolved({ type: 'text', field: 'town', op: 'anyOf', values: ['ROME', 'rome', 'ﬁne'] })).toEqual({
    type: 'text',
    field: 'town',
    test: 'is',
    needles: ['rome', 'fine'],
    none: false,
  });
});

test('a comparison that nothing would pass becomes the complement of one it fails', () => {
  expect(resolved(count('atLeast', 0))).toEqual(everybody);
  expect(resolved(count('atLeast', 1))).toEqual(test1('atLeast', 1));
  expect(resolved(count('atMost', 2))).toEqual({ type: 'not', rule: test1('atLeast', 3) });
  expect(resolved(count('equals', 2))).toEqual(test1('equals', 2));
  expect(resolved(count('equals', 0))).toEqual({ type: 'not', rule: test1('atLeast', 1) });
  expect(resolved(count('atLeast', 0, 'net'))).toEqual({ type: 'not', rule: test1('atMost', -1) });
  expect(resolved(count('atMost', -5, 'net'))).toEqual(test1('atMost', -5));
  expect(resolved(count('equals', 0, 'net'))).toEqual({
    type: 'not',
    rule: { type: 'any', rules: [test1('atLeast', 1), test1('atMost', -1)] },
  });
});

test('constants are folded away and groups of one kind merged', () => {
  const leaf = count('atLeast', 1);
  const always = count('atLeast', 0);
  expect(resolved({ type: 'all', rules: [] })).toEqual(everybody);
  expect(resolved({ type: 'any', rules: [] })).toEqual(nobody);
  expect(resolved({ type: 'not', rule: { type: 'any', rules: [] } })).toEqual(everybody);
  expect(resolved({ type: 'any', rules: [leaf, always] })).toEqual(everybody);
  expect(resolved({ type: 'all', rules: [leaf, always] })).toEqual(resolved(leaf));
  expect(resolved({ type: 'not', rule: { type: 'not', rule: leaf } })).toEqual(resolved(leaf));
  const inner: Rule = { type: 'all', rules: [leaf, count('atLeast', 2)] };
  expect(resolved({ type: 'all', rules: [inner, count('atLeast', 3)] })).toMatchObject({
    type: 'all',
    rules: [{ test: { value: 1 } }, { test: { value: 2 } }, { test: { value: 3 } }],
  });
});
