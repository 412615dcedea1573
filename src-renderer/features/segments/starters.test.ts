import { expect, test } from 'vitest';
import { segmentSchema } from '#shared/segment/segment.schema.ts';
import { starters } from './starters.ts';

test('every starter is a segment that can be saved as it is', () => {
  expect(starters.length).toBeGreaterThan(2);
  for (const starter of starters) {
    const checked = segmentSchema.safeParse({ ...starter, createdAt: 0 });
    expect(checked.error?.issues ?? []).toEqual([]);
  }
});
