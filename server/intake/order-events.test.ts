import { expect, test } from 'vitest';
import { orderEvents } from './order-events.ts';

const now = Date.UTC(2026, 10, 23, 12);
const line = { item: 'i-1', name: 'Tea', category: null, quantity: 2_000, price: 150_000, extra: null };
const word = (status: string, more: object = {}) => ({
  ...{ values: { email: 'a@x.org' }, externalOrderId: 'o-1', at: 1_000, status, currency: null },
  ...{ extra: { totalCost: 30, deliveryMethod: 'Post', restoreUrl: 'https://x.example/c' }, lines: [line], ...more },
});
const stored = (changed: boolean) => new Map([['o-1', { owner: 7, currency: 'UAH', changed }]]);
const typesOf = (events: ReturnType<typeof orderEvents>) => events.map(({ type, at }) => [type, at]);

test('every status of an order that came in one batch is an event, in order; only the first is history', () => {
  const words = ['INITIALIZED', 'IN_PROGRESS', 'IN_PROGRESS', 'DELIVERED'].map((status) => word(status));
  const events = orderEvents(words, { before: new Map(), stored: stored(true), now });
  expect(typesOf(events)).toEqual([
    ['orderCreated', 1_000],
    ['orderUpdated', now],
    ['orderDelivered', now],
  ]);
  expect(events[0]).toMatchObject({
    owner: 7,
    params: {
      ...{ totalCost: 30, currency: 'UAH', deliveryMethod: 'Post', restoreUrl: 'https://x.example/c', itemCount: 1 },
      items: [{ externalItemId: 'i-1', name: 'Tea', quantity: 2, cost: 15 }],
    },
  });
});

test('a status that went there and back is told, though the order is what it was', () => {
  const words = [word('CANCELLED'), word('DELIVERED')];
  const events = orderEvents(words, { before: new Map([['o-1', 'DELIVERED']]), stored: stored(false), now });
  expect(typesOf(events)).toEqual([
    ['orderCancelled', now],
    ['orderDelivered', now],
  ]);
});

test('other content alone is one update; the same again is nothing', () => {
  const before = new Map([['o-1', 'DELIVERED']]);
  expect(typesOf(orderEvents([word('DELIVERED')], { before, stored: stored(true), now }))).toEqual([
    ['orderUpdated', now],
  ]);
  expect(orderEvents([word('DELIVERED'), word('DELIVERED')], { before, stored: stored(false), now })).toEqual([]);
  const changed = [word('INITIALIZED'), word('INITIALIZED', { extra: { totalCost: 31 } })];
  expect(typesOf(orderEvents(changed, { before: new Map(), stored: stored(true), now }))).toEqual([
    ['orderCreated', 1_000],
    ['orderUpdated', now],
  ]);
});

test('an event names the first items of a long order, cut, and counts all', () => {
  const lines = Array.from({ length: 200 }, () => ({ ...line, name: 'x'.repeat(2_000) }));
  const [event] = orderEvents([word('DELIVERED', { lines })], { before: new Map(), stored: stored(true), now });
  expect(event?.params).toMatchObject({ itemCount: 200 });
  expect(JSON.stringify(event).length).toBeLessThan(40_000);
});
