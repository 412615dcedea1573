import { Dexie } from 'dexie';
import { expect, test } from 'vitest';
import { isStorageFull } from './storage-full.ts';

test('[CHUNK-3] a full device is recognised in every form Dexie and the browser give it', () => {
  const browser = new DOMException('full', 'QuotaExceededError');
  expect(isStorageFull(browser)).toBe(true);
  expect(isStorageFull(new Dexie.QuotaExceededError('full', browser))).toBe(true);
  expect(isStorageFull(new Dexie.AbortError('aborted', browser))).toBe(true);
  expect(isStorageFull(new Dexie.BulkError('some failed', [new Dexie.QuotaExceededError('full')]))).toBe(true);
  expect(isStorageFull(new Error('outer', { cause: browser }))).toBe(true);
  expect(isStorageFull(new Dexie.AbortError('aborted'))).toBe(false);
  expect(isStorageFull(null)).toBe(false);
});
