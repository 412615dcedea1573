import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import { segmentSchema } from '#shared/segment/segment.schema.ts';
import { starters } from './starters.ts';

const found = starters(createFormat({ zone: 'UTC', currency: 'UAH' }));

test('an amount is said in the workspace’s currency', () => {
  expect(found.find(({ name }) => name === 'Best customers')?.description).toBe(
    'At least 3 orders and ₴500 in revenue.',
  );
});

test('every starter is a segment that can be saved as it is', () => {
  expect(found.length).toBeGreaterThan(2);
  for (const starter of found) {
    const checked = segmentSchema.safeParse({ ...starter, createdAt: 0 });
    expect(checked.error?.issues ?? []).toEqual([]);
  }
});
