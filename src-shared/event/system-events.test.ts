import { expect, test } from 'vitest';
import { isSystemType, systemEvent, systemEvents } from './system-events.ts';

test('each entry stands once, and its key says whose it is', () => {
  expect(new Set(systemEvents.map(({ key }) => key)).size).toBe(systemEvents.length);
  // Orders are told by the names that clients of eSputnik know.
  for (const { key, group } of systemEvents) expect([key, isSystemType(key)]).toEqual([key, group !== 'Orders']);
  expect(systemEvent('muster.merged')).toMatchObject({ name: 'Contact merged', record: 'event' });
  expect(systemEvent('merged')).toBeUndefined();
});
