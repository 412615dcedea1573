import { expect, test } from 'vitest';
import type { Keep } from '#renderer/data/data-api.ts';
import { createFormat } from '#renderer/ui/format.ts';
import { doneWords, keepChange } from './keep-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'EUR' });
const now = Date.parse('2026-11-23T12:00:00Z');
const change = (from: Keep, to: Keep) => keepChange(from, to, format, now);
const everything: Keep = { eventDays: null, personal: true };

test('keeping less says from when on events go, and that names go', () => {
  const less = change(everything, { eventDays: 90, personal: false });
  expect(less.deleted).toHaveLength(2);
  expect(less.deleted[0]).toContain('once all of it is from before 25 Aug 2026');
  expect(less.fetched).toEqual([]);
});

test('keeping more deletes nothing', () => {
  expect(change({ eventDays: 90, personal: false }, everything).deleted).toEqual([]);
  expect(change({ eventDays: 90, personal: true }, { eventDays: 180, personal: true }).fetched).toEqual([
    'Events since 27 May 2026 are downloaded.',
  ]);
});

test('no change does nothing', () => {
  expect(change(everything, everything)).toEqual({ deleted: [], fetched: [] });
  expect(change({ eventDays: 365, personal: true }, { eventDays: 180, personal: true }).deleted).toHaveLength(1);
});

test('nothing is said to be gone that may still be here', () => {
  const [words] = change(everything, { eventDays: 90, personal: true }).deleted;
  expect(words).toContain('some older events stay');
  expect(words).not.toContain('deleted');
  expect(doneWords(everything, { eventDays: 90, personal: true })).toContain('as soon as a whole piece of them is old');
  expect(doneWords(everything, { eventDays: 90, personal: false })).toBe('This device keeps less from now on.');
  expect(doneWords({ eventDays: 90, personal: true }, everything)).toBe('What was missing is downloaded.');
});
