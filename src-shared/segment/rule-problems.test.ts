import { expect, test } from 'vitest';
import { dependencies, emptyRule, ruleProblems } from './rule-problems.ts';
import { MAX_RULE_DEPTH, MAX_RULE_NODES, type Rule } from './segment.schema.ts';

const activity = {
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
};
const text = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };

test('a sound rule has no problems', () => {
  expect(ruleProblems({ type: 'all', rules: [text, { type: 'not', rule: activity }] })).toEqual([]);
  expect(ruleProblems(emptyRule())).toEqual([]);
});

test.each([
  ['an empty value', { ...text, values: ['Germany', ''] }, 'values.1', 'Enter a value'],
  ['no value', { ...text, values: [] }, 'values', 'Enter a value'],
  ['text on a date', { ...text, field: 'createdAt' }, 'field', 'Choose a field'],
  ['an unknown condition', { type: 'magic' }, 'type', 'Choose a condition'],
  ['no number', { ...activity, value: null }, 'value', 'Enter a number'],
  ['half an order', { ...activity, value: 1.5 }, 'value', 'Enter a number'],
  ['a negative count', { ...activity, value: -1 }, 'value', 'Enter 0 or more'],
  ['a number within a period', { ...activity, op: 'within' }, 'op', 'Choose at least, at most or exactly'],
  [
    'a window on a number',
    { ...activity, window: { type: 'lastDays', days: 3 } },
    'window',
    'A number is not compared with a period',
  ],
  [
    'a time without a window',
    { ...activity, measure: 'lastAt', op: 'within', value: null },
    'window',
    'Choose a period',
  ],
  [
    'a time with a number',
    { ...activity, measure: 'lastAt', op: 'within', window: { type: 'lastDays', days: 3 } },
    'value',
    'A time is compared with a period, not with a number',
  ],
  [
    'the amount of an event',
    { ...activity, source: { table: 'event', eventType: 'x' }, measure: 'net' },
    'measure',
    'Only orders have amounts',
  ],
  ['no days', { ...activity, period: { type: 'lastDays', days: 0 } }, 'period.days', 'Enter at least 1 day'],
  [
    'a period without bounds',
    { ...activity, period: { type: 'between', from: null, to: null } },
    'period.from',
    'Choose a start or an end',
  ],
  [
    'a period that ends before it starts',
    { ...activity, period: { type: 'between', from: 5, to: 5 } },
    'period.to',
    'The end must be after the start',
  ],
  ['no event', { ...activity, source: { table: 'event', eventType: '' } }, 'source.eventType', 'Choose an event'],
])('names the place and the reason: %s', (_name, leaf, path, message) => {
  expect(ruleProblems(leaf)).toEqual([{ path, message }]);
  expect(ruleProblems({ type: 'all', rules: [text, { type: 'not', rule: leaf }] })).toEqual([
    { path: `rules.1.rule.${path}`, message },
  ]);
});

test('net amounts may be compared with less than nothing', () => {
  expect(ruleProblems({ ...activity, measure: 'net', op: 'atMost', value: -10_000 })).toEqual([]);
});

test('a rule that is too deep or too big is refused, however deep', () => {
  const nested = (depth: number): unknown => {
    let rule: unknown = emptyRule();
    for (let level = 1; level < depth; level++) rule = { type: 'not', rule };
    return rule;
  };
  expect(ruleProblems(nested(MAX_RULE_DEPTH))).toEqual([]);
  expect(ruleProblems(nested(MAX_RULE_DEPTH + 1))).toEqual([{ path: '', message: expect.stringContaining('deep') }]);
  expect(ruleProblems(nested(100_000))).toEqual([{ path: '', message: expect.stringContaining('deep') }]);
  const group = { type: 'any', rules: Array.from({ length: 50 }, () => text) };
  const big = { type: 'all', rules: Array.from({ length: 10 }, () => group) };
  expect(ruleProblems(big)).toEqual([{ path: '', message: `A rule has at most ${MAX_RULE_NODES} conditions` }]);
});

test('dependencies name fields, entities and event types', () => {
  const rule: Rule = {
    type: 'any',
    rules: [
      { type: 'text', field: 'town', op: 'is', values: ['Rome'] },
      { type: 'not', rule: { type: 'presence', field: 'phone', op: 'isSet' } },
      {
        type: 'activity',
        source: { table: 'event', eventType: 'purchase' },
        period: null,
        measure: 'count',
        op: 'atLeast',
        value: 1,
        window: null,
      },
    ],
  };
  expect(dependencies(rule)).toEqual({
    fields: new Set(['town', 'phone']),
    entities: new Set(['contact', 'event']),
    eventTypes: new Set(['purchase']),
  });
});
