import { expect, test } from 'vitest';
import type { DeliveryRow, OrderRow } from '#renderer/data/data-api.ts';
import { isShown, timelineOf, typesOf } from './timeline-entries.ts';

const event = (rowId: number, at: number, type: string) => ({ rowId, at, type, details: null });
const order: OrderRow = {
  rowId: 1,
  externalOrderId: 'A1',
  at: 30,
  status: 'DELIVERED',
  currency: 'GBP',
  gross: 1,
  returns: 0,
  lines: [],
};
const delivery: DeliveryRow = {
  rowId: 1,
  at: 5,
  campaignId: null,
  state: 'sent',
  reason: null,
  sentAt: 25,
  openedAt: null,
  clickedAt: null,
};
const events = [event(3, 40, 'PageView'), event(2, 20, 'ProductPage'), event(1, 10, 'PageView')];
const entries = timelineOf(events, { orders: [order], deliveries: [delivery] });
const keys = (filter: Parameters<typeof isShown>[1]) =>
  entries.filter((entry) => isShown(entry, filter)).map(({ key }) => key);

test('events, orders and messages are one line of time; a message stands where it was sent', () => {
  expect(keys('all')).toEqual(['event 3', 'order 1', 'message 1', 'event 2', 'event 1']);
});

test('each kind and each type can be looked at alone', () => {
  expect(keys('orders')).toEqual(['order 1']);
  expect(keys('messages')).toEqual(['message 1']);
  expect(keys('events')).toEqual(['event 3', 'event 2', 'event 1']);
  expect(keys('event:ProductPage')).toEqual(['event 2']);
  expect(typesOf(events)).toEqual([
    { type: 'PageView', count: 2 },
    { type: 'ProductPage', count: 1 },
  ]);
});
