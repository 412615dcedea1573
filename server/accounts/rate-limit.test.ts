import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const rule = { window: 60, max: 3 };

test('so many in a window, then a refusal that says when to come back', async () => {
  let now = 0;
  const limit = createRateLimit(() => now);
  for (let i = 0; i < 3; i++) expect(await limit.consume('a', rule)).toEqual({ allowed: true, retryAfter: null });
  now = 20_500;
  expect(await limit.consume('a', rule)).toEqual({ allowed: false, retryAfter: 40 });
  expect((await limit.consume('b', rule)).allowed).toBe(true);
  now = 60_000;
  expect((await limit.consume('a', rule)).allowed).toBe(true);
});
