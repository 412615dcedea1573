import { expect, test } from 'vitest';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { createFormat } from '#renderer/ui/format.ts';
import { statusWords } from './status-words.ts';

const format = createFormat({ zone: 'Europe/Kyiv', currency: 'EUR' });
const now = Date.parse('2026-11-23T15:00:00Z');
const synced: SyncStatus = {
  online: true,
  offlineSince: null,
  signInNeeded: false,
  waiting: 0,
  refused: 0,
  syncedAt: now,
  transfer: null,
  generation: 3,
  lastError: null,
  role: 'admin',
  mismatch: null,
  reviews: 0,
  leaseUntil: null,
  full: false,
};
const words = (change: Partial<SyncStatus>) => statusWords({ ...synced, ...change }, format, now);

test('the pill says how things stand', () => {
  expect(words({})).toEqual({ tone: 'ok', words: 'Synced' });
  expect(words({ waiting: 3 })).toEqual({ tone: 'accent', words: '3 waiting' });
  expect(words({ syncedAt: null }).words).toBe('Syncing');
  expect(words({ reviews: 2 })).toEqual({ tone: 'accent', words: 'Synced · 2 to review' });
  expect(words({ reviews: 2, waiting: 1 }).words).toBe('1 waiting');
  expect(words({ transfer: { done: 25, total: 200 } }).words).toBe('Downloading 12.5%');
  expect(words({ transfer: { done: 199.95, total: 200 } }).words).toBe('Preparing data');
  expect(words({ transfer: { done: 200, total: 200 } }).words).toBe('Preparing data');
});

test('offline says since when, in the workspace’s zone', () => {
  const offline = { online: false, offlineSince: Date.parse('2026-11-23T12:02:00Z') };
  expect(words(offline)).toEqual({ tone: 'warn', words: 'Offline since 14:02' });
  expect(words({ ...offline, waiting: 1200 }).words).toBe('Offline · 1,200 waiting');
  expect(words({ online: false, offlineSince: Date.parse('2026-11-20T12:02:00Z') }).words).toBe(
    'Offline since 20 Nov 2026',
  );
});

test('before the server was ever asked, nobody is called offline', () => {
  const starting = { online: false, offlineSince: null };
  expect(words(starting)).toEqual({ tone: 'neutral', words: 'Connecting…' });
  expect(words({ ...starting, waiting: 2 }).words).toBe('Connecting… · 2 waiting');
  expect(words({ ...starting, transfer: { done: 1, total: 4 } }).words).toBe('Downloading 25%');
});

test('what needs a person comes before what mends itself', () => {
  expect(words({ refused: 1, online: false, waiting: 2 })).toEqual({ tone: 'bad', words: '1 refused · 2 waiting' });
  expect(words({ mismatch: 'appTooOld', online: false, waiting: 1 }).words).toBe('Update needed · 1 waiting');
  expect(words({ full: true }).words).toBe('Device full');
  expect(words({ signInNeeded: true, online: false }).words).toBe('Signed out');
});
