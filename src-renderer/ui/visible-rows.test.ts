import { expect, test } from 'vitest';
import { mostRows, type RowList, rowsInSight, scrollTopFor } from './visible-rows.ts';

const list: RowList = { count: 1_000, rowHeight: 32, headerHeight: 32, overscan: 6 };
const all = Number.POSITIVE_INFINITY;

test('rows in sight and a few more at both ends are in the page, never more than there are', () => {
  expect(rowsInSight({ topRow: 0, height: 320 }, list, all)).toEqual({ first: 0, last: 16 });
  expect(rowsInSight({ topRow: 500, height: 320 }, list, all)).toEqual({ first: 494, last: 516 });
  expect(rowsInSight({ topRow: 990, height: 320 }, list, all)).toEqual({ first: 984, last: 999 });
});

test('before the height is known, or while a new list grows, there are no more rows than asked for', () => {
  expect(rowsInSight({ topRow: 0, height: 0 }, list, 4)).toEqual({ first: 0, last: 3 });
  expect(rowsInSight({ topRow: 500, height: 320 }, list, 12)).toEqual({ first: 494, last: 505 });
});

test('an empty list has no row, also when a longer one was scrolled far down before', () => {
  for (const topRow of [0, 800]) {
    const { first, last } = rowsInSight({ topRow, height: 320 }, { ...list, count: 0 }, all);
    expect(last).toBeLessThan(first);
  }
  expect(rowsInSight({ topRow: 800, height: 320 }, { ...list, count: 5 }, all)).toEqual({ first: 0, last: 4 });
});

test('however it is scrolled, there are never more rows in the page than elements for them', () => {
  for (const height of [1, 31, 320, 333]) {
    for (const topRow of [0, 3, 500, 999]) {
      const { first, last } = rowsInSight({ topRow, height }, list, all);
      expect(last - first + 1).toBeLessThanOrEqual(mostRows(height, list));
    }
  }
});

test('a row that is seen whole moves nothing; one above goes under the header, one below to the lower edge', () => {
  expect(scrollTopFor(10, 320, 352, list)).toBeNull();
  expect(scrollTopFor(19, 320, 352, list)).toBeNull();
  expect(scrollTopFor(9, 320, 352, list)).toBe(288);
  expect(scrollTopFor(20, 320, 352, list)).toBe(352);
  expect(scrollTopFor(10, 321, 352, list)).toBe(320);
});
