import { expect, test } from 'vitest';
import type { Leaf } from '#shared/segment/segment.schema.ts';
import { listRule } from './list-state.ts';

const germany: Leaf = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };
const blank: Leaf = { type: 'text', field: 'email', op: 'contains', values: [''] };

test('no filters ask for everybody', () => {
  expect(listRule([], null)).toBeNull();
  expect(listRule([], { type: 'all', rules: [] })).toBeNull();
  expect(listRule([{ key: 1, leaf: blank }], null)).toBeNull();
});

test('filters and a segment hold together', () => {
  const any = { type: 'any', rules: [germany] } as const;
  expect(listRule([{ key: 1, leaf: germany }], null)).toEqual(germany);
  expect(
    listRule(
      [
        { key: 1, leaf: germany },
        { key: 2, leaf: blank },
      ],
      { ...any, rules: [germany] },
    ),
  ).toEqual({
    type: 'all',
    rules: [germany, { type: 'any', rules: [germany] }],
  });
});

test('a segment of nobody stays nobody', () => {
  expect(listRule([], { type: 'any', rules: [] })).toEqual({ type: 'any', rules: [] });
});
