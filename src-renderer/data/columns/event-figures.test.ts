import { expect, test } from 'vitest';
import type { TailRow } from '#shared/columns/tables.ts';
import { DAY_MS, periods } from '#shared/kernel/time.ts';
import type { TailOutput } from '#shared/sync/wire.schema.ts';
import { ColumnStore } from './column-store.ts';
import { figuresByType, newestEvents, volumeOf } from './event-figures.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const days = periods('UTC', 'day', NOON - 2 * DAY_MS, NOON);

const event = (key: number, contactId: number, at: number, type: string): TailRow => ({
  key,
  cells: { rowId: key, contactId, at, type },
});
const tail = (version: number, rows: TailRow[], gone: number[] = []): TailOutput => ({
  epoch: 'e',
  version,
  more: false,
  changed: { event: [...rows.map(({ key }) => key), ...gone] },
  rows: { event: rows },
});

function shop(): ColumnStore {
  const store = new ColumnStore();
  store.reset(new Map(), []);
  store.addTail(
    tail(1, [
      event(1, 7, NOON - 40 * DAY_MS, 'viewed'),
      event(2, 7, NOON - 2 * DAY_MS, 'viewed'),
      event(3, 8, NOON - DAY_MS, 'viewed'),
      event(4, 7, NOON - DAY_MS, 'viewed'),
      event(5, 0, NOON - DAY_MS, 'viewed'),
      event(6, 8, NOON - 1, 'bought'),
      event(7, 8, NOON + 5 * DAY_MS, 'planned'),
      event(8, 8, NOON, 'taken back'),
    ]),
  );
  // What is gone counts no more, whatever part it lies in.
  store.addTail(tail(2, [], [8]));
  return store;
}

test('types are told with all their events, the last one, and the days just passed', () => {
  expect(figuresByType(shop().parts('event'), days)).toEqual([
    { key: 'planned', total: 1, lastAt: NOON + 5 * DAY_MS, byDay: [0, 0, 0] },
    { key: 'bought', total: 1, lastAt: NOON - 1, byDay: [0, 0, 1] },
    { key: 'viewed', total: 5, lastAt: NOON - DAY_MS, byDay: [1, 3, 0] },
  ]);
});

test('volume counts events and different contacts, nobody known is no contact, and empty days are there', () => {
  const parts = shop().parts('event');
  const input = { type: 'viewed', by: 'day' as const, zone: 'UTC' };
  const volume = volumeOf(parts, { ...input, from: NOON - 3 * DAY_MS, to: NOON });
  expect(volume).toMatchObject({ events: 4, contacts: 2 });
  expect(volume.rows.map(({ events, contacts }) => [events, contacts])).toEqual([
    [0, 0],
    [1, 1],
    [3, 2],
    [0, 0],
  ]);
  const ever = volumeOf(parts, { ...input, by: 'month', from: null, to: null });
  expect(ever.rows.map(({ period, events }) => [period, events])).toEqual([
    ['2026-10', 1],
    ['2026-11', 4],
  ]);
  expect(volumeOf(parts, { ...input, type: 'never', from: null, to: null })).toEqual({
    events: 0,
    contacts: 0,
    rows: [],
  });
});

test('the newest events come first, of one type if one is asked for', () => {
  const parts = shop().parts('event');
  const ids = (type: string | null, limit: number) => newestEvents(parts, limit, type).map(({ rowId }) => rowId);
  expect(ids(null, 3)).toEqual([7, 6, 5]);
  expect(ids('viewed', 2)).toEqual([5, 4]);
  expect(ids('never', 2)).toEqual([]);
});
