import { expect, test } from 'vitest';
import type { TailRow } from '#shared/columns/tables.ts';
import type { TailOutput } from '#shared/sync/wire.schema.ts';
import { ColumnStore } from './column-store.ts';
import { eventsOf, newestEventsOf } from './contact-card.ts';

const event = (key: number, contactId: number, at: number, type: string): TailRow => ({
  key,
  cells: { rowId: key, contactId, at, type },
});
const tail = (version: number, rows: TailRow[]): TailOutput => ({
  epoch: 'e',
  version,
  more: false,
  changed: { event: rows.map(({ key }) => key) },
  rows: { event: rows },
});

test('what a visitor did is the contact’s from the moment it is handed over, newest first', () => {
  const store = new ColumnStore();
  store.reset(new Map(), []);
  store.addTail(tail(1, [event(1, 0, 10, 'PageView'), event(2, 0, 20, 'ProductPage'), event(3, 8, 15, 'PageView')]));
  expect(eventsOf(store.parts('event'), 7)).toEqual([]);
  store.addTail(
    tail(2, [event(1, 7, 10, 'PageView'), event(2, 7, 20, 'ProductPage'), event(4, 7, 20, 'CustomerData')]),
  );
  expect(eventsOf(store.parts('event'), 7)).toEqual([
    { rowId: 4, at: 20, type: 'CustomerData' },
    { rowId: 2, at: 20, type: 'ProductPage' },
    { rowId: 1, at: 10, type: 'PageView' },
  ]);
  expect(eventsOf(store.parts('event'), 8).map(({ rowId }) => rowId)).toEqual([3]);
});

test('without the chunks of events the server tells the newest, and the tail what came and went since', () => {
  const store = new ColumnStore();
  store.reset(new Map(), []);
  const told = [
    { rowId: 9, at: 90, type: 'PageView' },
    { rowId: 8, at: 80, type: 'PageView' },
  ];
  expect(newestEventsOf(told, store.eventTail, 7)).toEqual(told);
  // 8 turned out to be another's, 10 is new, 11 is nobody's.
  store.addTail(
    tail(1, [event(8, 5, 80, 'PageView'), event(10, 7, 100, 'ProductPage'), event(11, 0, 110, 'PageView')]),
  );
  expect(newestEventsOf(told, store.eventTail, 7)).toEqual([
    { rowId: 10, at: 100, type: 'ProductPage' },
    { rowId: 9, at: 90, type: 'PageView' },
  ]);
  // 9 was deleted.
  store.addTail({ ...tail(2, []), changed: { event: [9] } });
  expect(newestEventsOf(told, store.eventTail, 7).map(({ rowId }) => rowId)).toEqual([10]);
});
