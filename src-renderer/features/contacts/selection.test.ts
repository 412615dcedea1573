import { expect, test } from 'vitest';
import { choose, countChosen, everybody, isChosen, nobody, targetOf } from './selection.ts';

const query = { search: 'ann', rule: null };

test('rows are chosen one by one and taken out again', () => {
  const some = choose(nobody, [1, 2, 3], true);
  expect([1, 2, 3, 4].map((id) => isChosen(some, id))).toEqual([true, true, true, false]);
  const fewer = choose(some, [2], false);
  expect(countChosen(fewer, 100)).toBe(2);
  expect(targetOf(fewer, query)).toEqual({ kind: 'chosen', ids: [1, 3] });
});

test('everybody is the filter itself, without who is taken out', () => {
  const most = choose(everybody, [7, 8], false);
  expect(countChosen(most, 100_000)).toBe(99_998);
  expect(isChosen(most, 7)).toBe(false);
  expect(isChosen(choose(most, [7], true), 7)).toBe(true);
  expect(targetOf(most, query)).toEqual({ kind: 'filter', search: 'ann', rule: null, except: [7, 8] });
});
