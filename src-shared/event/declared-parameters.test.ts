import { expect, test } from 'vitest';
import { type DeclaredType, findMismatch, mismatchWords } from './declared-parameters.ts';

const declared = [
  { name: 'Total', required: true, type: 'number' as const },
  { name: 'note', required: false, type: 'text' as const },
];

test('a required parameter may be written in any case; an empty one is none', () => {
  expect(findMismatch(declared, { TOTAL: 12 })).toBeNull();
  expect(findMismatch(declared, { total: '' })).toMatchObject({ given: 'missing' });
  expect(findMismatch(declared, {})).toMatchObject({ parameter: { name: 'Total' }, given: 'missing' });
  expect(findMismatch([], { anything: 1 })).toBeNull();
});

test.each<[DeclaredType, unknown[], unknown[]]>([
  ['text', ['a', 3], [true, [], {}]],
  ['number', [3, -1.5, '12', '-0.5'], ['12 pcs', '1e9', true, [1]]],
  ['yesNo', [true, 'FALSE', 'yes', 0, 1, '1'], ['maybe', 2, []]],
  ['date', ['2026-11-23', '2026-11-23T10:00:00+02:00', 1_700_000_000_000], ['23.11.2026', '2026-13-01', 'today', true]],
  ['list', [[], [1]], [{}, 'a,b']],
  ['object', [{ a: 1 }], [[], '{}']],
])('%s takes what it should', (type, good, bad) => {
  const one = [{ name: 'p', required: false, type }];
  expect(good.map((p) => findMismatch(one, { p }))).toEqual(good.map(() => null));
  expect(bad.map((p) => findMismatch(one, { p }) !== null)).toEqual(bad.map(() => true));
});

test('what is wrong is told in words', () => {
  const words = (params: Record<string, unknown>) => {
    const found = findMismatch(declared, params);
    return found && mismatchWords(found);
  };
  expect(words({})).toBe('The parameter “Total” is required.');
  expect(words({ total: 'many' })).toBe(
    'The parameter “Total” has to be of the type number; what came is of the type text.',
  );
});
