import { expect, test } from 'vitest';
import type { TableName } from '#shared/columns/tables.ts';
import { type HeldManifest, isSameGeneration, whatToKeep } from './kept-chunks.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

const ref = (table: TableName, name: string, from: number | null, to: number | null) => ({
  table,
  index: 0,
  hash: name,
  rows: 1,
  bytes: 1,
  from,
  to,
});
const manifest: HeldManifest = {
  epoch: 'e',
  generation: 4,
  tailFrom: 10,
  builtAt: 0,
  personal: true,
  erasedTo: 0,
  eventsFrom: null,
  chunks: [
    ref('contact', 'contact', null, null),
    ref('contactPersonal', 'names', null, null),
    ref('order', 'old orders', NOW - 900 * DAY, NOW - 800 * DAY),
    ref('event', 'oldest', NOW - 400 * DAY, NOW - 300 * DAY),
    ref('event', 'older', NOW - 300 * DAY, NOW - 100 * DAY),
    ref('event', 'newer', NOW - 100 * DAY, NOW - 80 * DAY),
    ref('event', 'unknown', null, null),
  ],
};
const names = ({ chunks }: HeldManifest) => chunks.map(({ hash }) => hash);

test('[CHUNK-3] older events are not fetched, and answers say from when on events are known', () => {
  const kept = whatToKeep(manifest, { eventDays: 90, personal: true }, NOW);
  expect(names(kept)).toEqual(['contact', 'names', 'old orders', 'newer', 'unknown']);
  expect(kept.eventsFrom).toBe(NOW - 100 * DAY + 1);
  expect(whatToKeep(manifest, { eventDays: 365, personal: true }, NOW)).toEqual(manifest);
  expect(whatToKeep(manifest, { eventDays: null, personal: true }, NOW)).toEqual(manifest);
});

test('[CHUNK-3] without personal values their tables are not fetched', () => {
  const kept = whatToKeep(manifest, { eventDays: null, personal: false }, NOW);
  expect(names(kept)).not.toContain('names');
  expect(kept.personal).toBe(false);
  // The server may say the same: then nothing changes when the person wants them again.
  const offered = { ...manifest, personal: false, chunks: kept.chunks };
  expect(whatToKeep(offered, { eventDays: null, personal: true }, NOW)).toEqual(kept);
});

test('[CHUNK-3] the same number seen with other rights is another generation', () => {
  const kept = whatToKeep(manifest, { eventDays: null, personal: false }, NOW);
  expect(isSameGeneration(manifest, kept)).toBe(false);
  expect(isSameGeneration(manifest, { ...manifest, chunks: [...manifest.chunks].reverse() })).toBe(true);
  const fewer = whatToKeep(manifest, { eventDays: 90, personal: true }, NOW);
  expect(isSameGeneration(manifest, fewer)).toBe(false);
  expect(isSameGeneration(manifest, { ...manifest, erasedTo: 3 })).toBe(false);
});
