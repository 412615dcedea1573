import { expect, test } from 'vitest';
import { type ListPage, PageCache } from './page-cache.ts';

type Page = ListPage<string, number>;

/** Pages answered by hand, in the order the test says. */
function bench(total: number, options: { capacity?: number; parallel?: number } = {}) {
  const asked: number[] = [];
  const open = new Map<number, { answer: (mark?: string) => void; fail: (error: unknown) => void }>();
  let changes = 0;
  let stamp = 0;
  const cache = new PageCache<string, number>({
    pageSize: 10,
    ...options,
    changed: () => {
      changes++;
    },
    load: (offset, limit) => {
      asked.push(offset);
      const { promise, resolve, reject } = Promise.withResolvers<Page>();
      open.set(offset, {
        answer: (mark = '') => {
          const rows = Array.from(
            { length: Math.max(0, Math.min(limit, total - offset)) },
            (_, row) => `${mark}${offset + row}`,
          );
          resolve({ rows, total, offset, asOf: ++stamp });
        },
        fail: reject,
      });
      return promise;
    },
  });
  const settle = async (offset: number, mark?: string) => {
    open.get(offset)?.answer(mark);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { cache, asked, open, settle, changes: () => changes };
}

test('asks for the wanted pages only and finds rows by their place', async () => {
  const { cache, asked, settle, changes } = bench(95);
  cache.want(12, 28);
  expect(asked).toEqual([10, 20]);
  expect(cache.row(12)).toBeUndefined();
  await settle(10);
  await settle(20);
  expect(cache.row(12)).toBe('12');
  expect(cache.row(29)).toBe('29');
  expect(cache.total).toBe(95);
  expect(changes()).toBe(2);
  cache.want(12, 28);
  expect(asked).toHaveLength(2);
});

test('never has more questions open than allowed, and goes on where the person is now', async () => {
  const { cache, asked, settle } = bench(1000, { parallel: 2 });
  cache.want(0, 49);
  expect(asked).toEqual([0, 10]);
  cache.want(500, 519);
  expect(asked).toEqual([0, 10]);
  await settle(0);
  await settle(10);
  expect(asked).toEqual([0, 10, 500, 510]);
});

test('forgets the pages used longest ago, never those on the screen', async () => {
  const { cache, settle } = bench(1000, { capacity: 2 });
  for (const first of [0, 100, 200]) {
    cache.want(first, first + 5);
    await settle(first);
  }
  expect(cache.row(0)).toBeUndefined();
  expect(cache.row(100)).toBe('100');
  expect(cache.row(200)).toBe('200');
});

test('after a change the old row stays until the new one is here', async () => {
  const { cache, asked, settle } = bench(30);
  cache.want(0, 5);
  await settle(0);
  cache.refresh();
  expect(asked).toEqual([0, 0]);
  expect(cache.row(3)).toBe('3');
  await settle(0, 'new ');
  expect(cache.row(3)).toBe('new 3');
  expect(cache.asOf).toBe(2);
});

test('a failure is told once and asked again only on request', async () => {
  const { cache, asked, open, settle } = bench(30);
  cache.want(0, 5);
  open.get(0)?.fail({ code: 'internal', message: 'no' });
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(cache.error).toEqual({ code: 'internal', message: 'no' });
  cache.want(0, 5);
  expect(asked).toHaveLength(1);
  cache.refresh();
  await settle(0);
  expect(cache.error).toBeNull();
  expect(cache.row(0)).toBe('0');
});

test('a closed list drops what still arrives', async () => {
  const { cache, settle, changes } = bench(30);
  cache.want(0, 5);
  cache.close();
  await settle(0);
  expect(changes()).toBe(0);
  expect(cache.total).toBeNull();
});
