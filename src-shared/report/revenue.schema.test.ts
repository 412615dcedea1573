import { expect, test } from 'vitest';
import { revenueInput } from './revenue.schema.ts';

test('a range that ends before it begins is refused, naming the field', () => {
  const answer = revenueInput.safeParse({ by: 'day', from: '2011-12-09', to: '2011-12-08' });
  expect(answer.error?.issues[0]).toMatchObject({ path: ['to'], message: 'to must not be before from' });
  expect(revenueInput.safeParse({ by: 'day', from: '2011-12-09', to: '2011-12-09' }).success).toBe(true);
});
