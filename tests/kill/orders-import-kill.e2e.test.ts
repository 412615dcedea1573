/**
 * An import of a file of orders while the server is killed with all its processes and started again: each order, line and
 * customer comes once, and the import ends by itself. Orders are written in slices; a kill leaves some of them there.
 */
import { afterAll, expect, test } from 'vitest';
import { killedImport, stopKilled } from './killed-import.ts';

const KILLS = 2;
const ORDERS = 20_000;
const LINES = 3;
const PEOPLE = 4_000;

afterAll(stopKilled);

const line = (order: number, item: number): string =>
  `o${order};2026-11-01 10:00;c${order % PEOPLE};c${order % PEOPLE}@kill.test;i${item};Tea ${item};2;1.50`;
const file = `order;date;customer;mail;item;name;qty;price\n${Array.from({ length: ORDERS * LINES }, (_, n) => line(Math.floor(n / LINES), n % LINES)).join('\n')}\n`;
const map = {
  ...{ externalOrderId: 'order', date: 'date', externalCustomerId: 'customer', 'contact.email': 'mail' },
  ...{ externalItemId: 'item', name: 'name', quantity: 'qty', cost: 'price' },
};

test(`an import of ${ORDERS} orders through ${KILLS} kills: nothing lost, nothing twice`, async () => {
  const { met, state, summary, stored } = await killedImport({
    ...{ file, name: 'orders.csv', input: { kind: 'orders', map, options: {} }, seed: 20_261_126, kills: KILLS },
    progress: `select state, case state when 'waiting' then -1 else (select count(*)::int from orders) end as done
                 from import where id = $1`,
    // First before any slice, then once some of them are there.
    due: (kill) => Math.round((ORDERS * (kill - 1)) / KILLS / 2),
    jitterMs: 100,
    counts: {
      contacts: 'contact',
      identifiers: 'identifier',
      orders: 'orders where contact_id <> 0 and gross = 90000 and line_count = 3',
      all: 'orders',
      lines: 'order_line',
      registered: 'order_registry r join orders o on o.contact_id = r.contact_id and o.row_id = r.row_id',
    },
  });
  expect(met).toHaveLength(KILLS);
  expect(Math.max(...met)).toBeGreaterThan(0);
  expect(state).toBe('done');
  expect(summary).toMatchObject({ lines: ORDERS * LINES, orders: ORDERS, contacts: PEOPLE, rejected: 0, updated: 0 });
  expect(summary.created + summary.unchanged).toBe(ORDERS);
  expect(stored).toEqual({
    ...{ contacts: PEOPLE, identifiers: PEOPLE * 2, orders: ORDERS, all: ORDERS },
    ...{ lines: ORDERS * LINES, registered: ORDERS },
  });
}, 400_000);
