import { expect, test } from 'vitest';
import { partFromRows } from '#shared/columns/rows.ts';
import type { Cell, TableName, TailRow } from '#shared/columns/tables.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { campaignFigures } from './campaign-figures.ts';
import { addLines, deliveriesOf, ordersOf } from './contact-card.ts';
import { recipientsOf } from './deliveries.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;

const row = (key: number, cells: Record<string, Cell>): TailRow => ({ key, cells: { rowId: key, ...cells } });
const parts = (table: TableName, ...rows: TailRow[]) => [partFromRows(table, rows)];

const deliveries = parts(
  'delivery',
  row(1, {
    contactId: 11,
    at: NOON,
    campaignId: 'spring',
    state: 'sent',
    sentAt: NOON,
    openedAt: NOON + HOUR + 5,
    clickedAt: NOON + 2 * HOUR,
  }),
  row(2, { contactId: 12, at: NOON, campaignId: 'spring', state: 'sent', sentAt: NOON + 1, machineOpenedAt: NOON + 2 }),
  row(3, { contactId: 13, at: NOON, campaignId: 'spring', state: 'skipped', reason: 'unsubscribed' }),
  row(4, {
    contactId: 14,
    at: NOON,
    campaignId: 'spring',
    state: 'bounced',
    sentAt: NOON + 2,
    unsubscribedAt: NOON + 3,
  }),
  row(5, { contactId: 11, at: NOON, campaignId: 'other', state: 'sent', sentAt: NOON, openedAt: NOON + 1 }),
  row(6, { contactId: 15, at: NOON, campaignId: 'spring', state: 'queued' }),
);
const order = (key: number, contactId: number, at: number, more: Record<string, Cell> = {}) =>
  row(key, {
    contactId,
    at,
    externalOrderId: `O${key}`,
    status: 'DELIVERED',
    currency: 'GBP',
    gross: 50_000,
    returns: 10_000,
    grossLines: 1,
    lines: 1,
    ...more,
  });
const orders = parts(
  'order',
  order(1, 11, NOON),
  order(2, 11, NOON + 7 * DAY_MS - 1),
  order(3, 11, NOON + 7 * DAY_MS),
  order(4, 11, NOON - 1),
  order(5, 12, NOON + DAY_MS, { currency: 'EUR' }),
  order(6, 13, NOON + DAY_MS),
  order(7, 12, NOON + DAY_MS, { gross: 0, returns: 20_000, grossLines: 0 }),
);

test('counts states, reasons, opens and clicks of one campaign only, machines apart', () => {
  const figures = campaignFigures(deliveries, orders, 'spring', 'GBP');
  expect(figures).toMatchObject({
    recipients: 5,
    states: { sent: 2, skipped: 1, bounced: 1, queued: 1 },
    skipped: { unsubscribed: 1 },
    opened: 1,
    machineOpened: 1,
    clicked: 1,
    unsubscribed: 1,
  });
  expect(figures.series).toEqual([
    { at: NOON, sent: 3, opened: 0, clicked: 0 },
    { at: NOON + HOUR, sent: 0, opened: 1, clicked: 0 },
    { at: NOON + 2 * HOUR, sent: 0, opened: 0, clicked: 1 },
  ]);
});

test('revenue is what recipients ordered within seven days of their mail, returns taken off', () => {
  const { revenue, orders: count, buyers } = campaignFigures(deliveries, orders, 'spring', 'GBP');
  // Orders 1 and 2 of contact 11, and the return 7 of contact 12.
  expect(revenue).toBe(40_000 + 40_000 - 20_000);
  expect(count).toBe(2);
  expect(buyers).toBe(1);
});

test('a campaign nobody knows has no figures', () => {
  expect(campaignFigures(deliveries, orders, 'winter', 'GBP')).toMatchObject({ recipients: 0, series: [], revenue: 0 });
});

test('recipients come in the order they were made, and by what became of them', () => {
  const ids = (filter: Parameters<typeof recipientsOf>[2]) =>
    recipientsOf(deliveries, 'spring', filter).map(({ rowId }) => rowId);
  expect(ids('all')).toEqual([1, 2, 3, 4, 6]);
  expect(ids('sent')).toEqual([1, 2]);
  expect(ids('opened')).toEqual([1]);
  expect(ids('clicked')).toEqual([1]);
  expect(ids('bounced')).toEqual([4]);
  expect(ids('cancelled')).toEqual([]);
});

test('a card has the newest orders first, their lines in order, and what was sent', () => {
  const line = (orderRowId: number, lineNo: number): TailRow => ({
    key: orderRowId,
    cells: {
      orderRowId,
      lineNo,
      at: NOON,
      externalItemId: `I${lineNo}`,
      name: `Item ${lineNo}`,
      quantity: 1_000,
      price: 5,
      amount: 5,
    },
  });
  const lines = parts('orderLine', line(2, 2), line(2, 1), line(6, 1));
  const mine = ordersOf(orders, 11);
  addLines(lines, mine);
  expect(mine.map(({ rowId }) => rowId)).toEqual([3, 2, 1, 4]);
  expect(mine.map((one) => one.lines.map(({ name }) => name))).toEqual([[], ['Item 1', 'Item 2'], [], []]);
  expect(deliveriesOf(deliveries, 11).map(({ rowId, state }) => [rowId, state])).toEqual([
    [5, 'sent'],
    [1, 'sent'],
  ]);
});
