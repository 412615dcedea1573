import { expect, test } from 'vitest';
import { createTokenBuckets } from './token-bucket.ts';

test('a burst goes through, then as many as the rate allows; each caller by itself', () => {
  let now = 0;
  const buckets = createTokenBuckets({ rate: 2, burst: 3, now: () => now });
  expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([null, null, null, 1]);
  expect(buckets.take('b')).toBeNull();
  now = 500;
  expect([buckets.take('a'), buckets.take('a')]).toEqual([null, 1]);
  now = 1_000_000;
  expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([null, null, null, 1]);
});

test('however many callers come, only so many are remembered, and a slow rate says how long to wait', () => {
  const buckets = createTokenBuckets({ rate: 0.1, burst: 1, now: () => 0 });
  expect([buckets.take('first'), buckets.take('first')]).toEqual([null, 10]);
  for (let caller = 0; caller < 10_000; caller++) buckets.take(`c${caller}`);
  expect(buckets.take('first')).toBeNull();
});
