import { expect, test } from 'vitest';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { ruleSchema } from '#shared/segment/segment.schema.ts';
import { conditionKinds, kindOf, newCondition } from './condition-kinds.ts';
import { askable, unfinished } from './rule-problem.ts';

const typed: Rule = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };
const blank: Rule = { type: 'text', field: 'email', op: 'contains', values: [''] };

test('a condition still being typed is left out of the question', () => {
  expect(askable({ type: 'all', rules: [typed, blank] })).toEqual({ type: 'all', rules: [typed] });
  expect(askable({ type: 'all', rules: [typed, { type: 'not', rule: blank }] })).toEqual({
    type: 'all',
    rules: [typed],
  });
  expect(unfinished({ type: 'any', rules: [blank, { type: 'not', rule: blank }, typed] })).toBe(2);
});

test('a rule of only unfinished conditions asks nothing, an empty one asks for everybody', () => {
  expect(askable({ type: 'all', rules: [blank] })).toBeNull();
  expect(askable({ type: 'all', rules: [] })).toEqual({ type: 'all', rules: [] });
});

test('every kind makes a condition of its own kind that the rule language accepts once it is filled', () => {
  const kinds = conditionKinds(['product view'], true, [
    { id: 'a list', name: 'Regulars', kind: 'list' },
    { id: 'category:news', name: 'News', kind: 'category' },
  ]);
  expect(kinds.length).toBeGreaterThan(20);
  for (const kind of kinds) {
    const leaf = newCondition(kind.value);
    expect(kindOf(leaf)).toBe(kind.value);
    const filled = leaf.type === 'text' ? { ...leaf, values: ['x'] } : leaf;
    expect(ruleSchema.safeParse(filled).success).toBe(true);
  }
});
