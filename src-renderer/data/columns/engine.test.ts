import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SortKey } from '#renderer/data/data-api.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { searchedFields } from '#shared/contact/search-words.ts';
import { fold } from '#shared/kernel/fold.ts';
import { formatMoney } from '#shared/kernel/money.ts';
import { finish } from '#shared/kernel/steps.ts';
import { localDate } from '#shared/kernel/time.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import {
  baseOf,
  type Contact,
  contactsOf,
  type Order,
  ordersOf,
  type Shop,
  shop,
  tailOf,
} from '#tests/support/shop-columns.ts';
import { Engine } from './engine.ts';

const NOW = 1_310_000_000_000;
const ZONE = 'Europe/Kyiv';

function engineOf(given: Shop): Engine {
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    zone: ZONE,
    currency: 'GBP',
    now: () => NOW,
  });
  engine.store.reset(baseOf(given), []);
  // Asked before the tail and the edits come, so that what is kept between questions is put to the test.
  finish(engine.contactPage({ search: '', rule: null, sort: { key: 'email', descending: false } }, 0, 5));
  engine.revenue({ by: 'day', from: null, to: null });
  engine.store.addTail(tailOf(given));
  engine.store.setEdits(given.edits);
  return engine;
}

function figuresOf(id: number, orders: readonly Order[]) {
  const mine = orders.filter((order) => order.contactId === id);
  const bought = mine.filter((order) => order.grossLines > 0);
  return {
    orderCount: bought.length,
    revenue: mine
      .filter(({ currency }) => currency === 'GBP')
      .reduce((sum, { gross, returns }) => sum + gross - returns, 0),
    lastOrderAt: bought.length === 0 ? null : Math.max(...bought.map(({ at }) => at)),
  };
}

function sortValue(contact: Contact, key: SortKey, orders: readonly Order[]): string | number | null {
  if (key === 'id') return contact.id;
  if (key === 'orderCount' || key === 'revenue' || key === 'lastOrderAt') return figuresOf(contact.id, orders)[key];
  if (isFieldId(key)) return null;
  const value = contact[key];
  return typeof value === 'string' ? fold(value) : value;
}

function naivePage(given: Shop, search: string, rule: Rule | null, key: SortKey, descending: boolean): number[] {
  const orders = ordersOf(given);
  const words = fold(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  return contactsOf(given)
    .filter((contact) =>
      words.every((word) => searchedFields.some((field) => fold(String(contact[field] ?? '')).includes(word))),
    )
    .filter((contact) => rule === null || (rule.type === 'text' && fold(String(contact[rule.field] ?? '')) === 'ann'))
    .sort((a, b) => {
      const [x, y] = [sortValue(a, key, orders), sortValue(b, key, orders)];
      if (x === y) return a.id - b.id;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * (descending ? -1 : 1);
    })
    .map(({ id }) => id);
}

const sortKey: fc.Arbitrary<SortKey> = fc.constantFrom<SortKey>(
  'id',
  'email',
  'country',
  'createdAt',
  'orderCount',
  'revenue',
  'lastOrderAt',
);
const annOnly: Rule = { type: 'text', field: 'firstName', op: 'is', values: ['ANN'] };

test('pages are what searching, filtering and sorting plain rows gives', () => {
  fc.assert(
    fc.property(
      shop,
      fc.constantFrom('', 'ann', 'ann example', 'straße', 'é'),
      fc.constantFrom(null, annOnly),
      sortKey,
      fc.boolean(),
      (given, search, rule, key, descending) => {
        const engine = engineOf(given);
        const page = finish(engine.contactPage({ search, rule, sort: { key, descending } }, 0, 100));
        const expected = naivePage(given, search, rule, key, descending);
        expect(page.rows.map(({ id }) => id)).toEqual(expected);
        expect(page.total).toBe(expected.length);
        const middle = finish(engine.contactPage({ search, rule, sort: { key, descending } }, 2, 3));
        expect(middle.rows.map(({ id }) => id)).toEqual(expected.slice(2, 5));
      },
    ),
    { numRuns: 200 },
  );
});

test('rows carry every field, the edits that wait, and the figures of the orders', () => {
  fc.assert(
    fc.property(shop, (given) => {
      const engine = engineOf(given);
      const orders = ordersOf(given);
      for (const contact of contactsOf(given)) {
        const card = engine.contactCard(contact.id);
        expect(card?.row).toEqual({ ...contact, ...figuresOf(contact.id, orders), fields: {} });
        expect(new Set(card?.pending)).toEqual(new Set(given.edits.get(contact.id)?.keys() ?? []));
        expect(card?.orders.map(({ rowId }) => rowId)).toEqual(
          orders
            .filter(({ contactId }) => contactId === contact.id)
            .sort((a, b) => b.at - a.at || b.rowId - a.rowId)
            .map(({ rowId }) => rowId),
        );
      }
      expect(engine.contactCard(999)).toBeNull();
    }),
    { numRuns: 150 },
  );
});

function naiveFigures(orders: readonly Order[]) {
  const gross = orders.reduce((sum, order) => sum + order.gross, 0);
  const returns = orders.reduce((sum, order) => sum + order.returns, 0);
  const bought = orders.filter((order) => order.grossLines > 0);
  return {
    gross: formatMoney(gross),
    returns: formatMoney(returns),
    net: formatMoney(gross - returns),
    orders: bought.length,
    customers: new Set(bought.map(({ contactId }) => contactId).filter((id) => id > 0)).size,
  };
}

test('revenue by period adds up like plain rows in the workspace zone', () => {
  fc.assert(
    fc.property(shop, fc.constantFrom<'day' | 'month'>('day', 'month'), (given, by) => {
      const series = engineOf(given).revenue({ by, from: null, to: null });
      const orders = ordersOf(given).filter(({ currency }) => currency === 'GBP');
      const known = (some: readonly Order[]) => some.filter(({ contactId }) => contactId > 0);
      expect(series.all).toEqual(naiveFigures(orders));
      expect(series.known).toEqual(naiveFigures(known(orders)));
      const periodOf = ({ at }: Order) => localDate(ZONE, at).slice(0, by === 'day' ? 10 : 7);
      for (const row of series.rows) {
        const mine = orders.filter((order) => periodOf(order) === row.period);
        expect([row.period, row.all, row.known]).toEqual([row.period, naiveFigures(mine), naiveFigures(known(mine))]);
      }
      expect(new Set(orders.map(periodOf)).isSubsetOf(new Set(series.rows.map(({ period }) => period)))).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('bounds of the revenue are half open', () => {
  const order = (rowId: number, at: number): Order => ({
    rowId,
    contactId: 1,
    at,
    externalOrderId: `${rowId}`,
    status: 'DELIVERED',
    currency: 'GBP',
    gross: 10_000,
    returns: 0,
    grossLines: 1,
    lines: 1,
  });
  const engine = engineOf({
    base: {
      contacts: [],
      orders: [order(1, 1_300_000_000_000), order(2, 1_300_000_000_999), order(3, 1_300_000_001_000)],
    },
    tail: { contacts: new Map(), orders: new Map() },
    edits: new Map(),
  });
  const series = engine.revenue({ by: 'day', from: 1_300_000_000_000, to: 1_300_000_001_000 });
  expect(series.all).toMatchObject({ gross: '2.00', orders: 2, customers: 1 });
});

test('distinct values are counted over chunks, tail and edits', () => {
  fc.assert(
    fc.property(shop, fc.constantFrom(...contactFieldKeys), (given, field) => {
      const found = engineOf(given).distinct(field, 100);
      if (contactFields[field].type === 'instant') {
        expect(found).toEqual([]);
        return;
      }
      const counts = new Map<string, number>();
      for (const contact of contactsOf(given)) {
        const value = contact[field];
        if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      expect(new Map(found.map(({ value, count }) => [value, count]))).toEqual(counts);
      expect(found.map(({ count }) => count)).toEqual(found.map(({ count }) => count).toSorted((a, b) => b - a));
    }),
    { numRuns: 100 },
  );
});

test('a segment answers its count and a sample of it', () => {
  fc.assert(
    fc.property(shop, (given) => {
      const answer = finish(engineOf(given).segmentAnswer(annOnly, 2));
      const expected = naivePage(given, '', annOnly, 'id', false);
      expect(answer.count).toBe(expected.length);
      expect(answer.total).toBe(contactsOf(given).length);
      expect(answer.sample.map(({ id }) => id)).toEqual(expected.slice(0, 2));
    }),
    { numRuns: 100 },
  );
});
