import { expect, test } from 'vitest';
import { isKept, isSystemType, systemEvent, systemEvents } from './system-events.ts';

test('each entry stands once, and its key says whose it is', () => {
  expect(new Set(systemEvents.map(({ key }) => key)).size).toBe(systemEvents.length);
  // Orders are told by the names that clients of eSputnik know.
  for (const { key, group } of systemEvents) expect([key, isSystemType(key)]).toEqual([key, group !== 'Orders']);
  expect(systemEvent('muster.merged')).toMatchObject({ name: 'Contact merged', record: 'event' });
  expect(systemEvent('merged')).toBeUndefined();
});

test('what can be switched is kept as somebody said, else as the catalogue says; the rest always is', () => {
  expect([isKept('muster.enteredSegment', undefined), isKept('muster.enteredSegment', false)]).toEqual([true, false]);
  expect([isKept('muster.fieldChanged', undefined), isKept('muster.fieldChanged', true)]).toEqual([false, true]);
  expect([isKept('muster.merged', false), isKept('orderCreated', false), isKept('viewed', false)]).toEqual([
    true,
    true,
    true,
  ]);
  // An import of a million rows is about a million contacts.
  const off = systemEvents.filter(({ kept }) => kept === false).map(({ key }) => key);
  expect(off).toEqual(['muster.created', 'muster.fieldChanged', 'muster.imported']);
});
