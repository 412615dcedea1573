import { expect, test } from 'vitest';
import { maskPart, partFromRows } from '#shared/columns/rows.ts';
import { listCounts, membershipsOf } from './memberships.ts';

const row = (rowId: number, contactId: number, list: string, state: string, at: number) => ({
  key: rowId,
  cells: { rowId, contactId, at, list, state, source: 'API' },
});
const old = partFromRows('membership', [
  row(1, 7, 'vip', 'member', 10),
  row(2, 7, 'category:news', 'subscribed', 20),
  row(3, 8, 'category:news', 'subscribed', 30),
  row(4, 9, 'vip', 'member', 40),
]);
/** Contact 7 left the news; 9 was taken out of the list. */
const parts = [
  maskPart(old, new Set([2, 4])),
  partFromRows('membership', [row(2, 7, 'category:news', 'unsubscribed', 50)]),
];

test('a contact’s lists and what it said of categories, newest first, as the tail says', () => {
  expect(membershipsOf(parts, 7)).toEqual([
    { list: 'category:news', left: true, since: 50, source: 'API' },
    { list: 'vip', left: false, since: 10, source: 'API' },
  ]);
  expect(membershipsOf(parts, 9)).toEqual([]);
});

test('members of each list, and who left, of contacts that are there', () => {
  expect(listCounts(parts, () => true)).toEqual({
    vip: { members: 1, left: 0 },
    'category:news': { members: 1, left: 1 },
  });
  expect(listCounts(parts, (id) => id !== 8)['category:news']).toEqual({ members: 0, left: 1 });
});
