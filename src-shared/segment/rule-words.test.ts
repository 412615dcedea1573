import { expect, test } from 'vitest';
import { leafWords, type RuleWriter, ruleWords } from './rule-words.ts';
import type { ActivityLeaf, Rule } from './segment.schema.ts';

const writer: RuleWriter = {
  count: (value) => value.toLocaleString('en-GB'),
  money: (amount) => `£${amount / 10_000}`,
  date: (at) => new Date(at).toISOString().slice(0, 10),
};

const orders: ActivityLeaf = {
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 3,
  window: null,
};
const germany: Rule = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };

test('conditions read like the chips of a list', () => {
  expect(leafWords({ type: 'text', field: 'country', op: 'is', values: ['Germany'] }, writer)).toBe(
    'Country is Germany',
  );
  expect(leafWords({ type: 'text', field: 'town', op: 'anyOf', values: ['Львів', 'Kyiv'] }, writer)).toBe(
    'Town is any of Львів, Kyiv',
  );
  expect(leafWords({ type: 'text', field: 'email', op: 'contains', values: [''] }, writer)).toBe('Email contains …');
  expect(leafWords({ type: 'presence', field: 'phone', op: 'isEmpty' }, writer)).toBe('Phone is empty');
  expect(leafWords(orders, writer)).toBe('Orders ≥ 3');
  expect(leafWords({ ...orders, measure: 'net', op: 'atMost', value: 1_000_000 }, writer)).toBe('Revenue ≤ £100');
  expect(leafWords({ ...orders, period: { type: 'lastDays', days: 1000 } }, writer)).toBe(
    'Orders ≥ 3 in the last 1,000 days',
  );
});

test('conditions on the parameters of an event follow its name', () => {
  const source: ActivityLeaf['source'] = {
    table: 'event',
    eventType: 'purchase',
    where: [
      { param: 'brand', op: 'anyOf', values: ['Acme', 'Bolt'] },
      { param: 'price', op: 'atLeast', value: 1000.5 },
    ],
  };
  expect(leafWords({ ...orders, source }, writer)).toBe(
    '“purchase” events (brand is any of Acme, Bolt and price ≥ 1,000.5) ≥ 3',
  );
});

test('dates of activity name first and last, and the last day that counts', () => {
  const from = Date.UTC(2026, 0, 1);
  const to = Date.UTC(2026, 1, 1);
  const last: ActivityLeaf = {
    ...orders,
    measure: 'lastAt',
    op: 'notWithin',
    value: null,
    window: { type: 'between', from, to },
  };
  expect(leafWords(last, writer)).toBe('Last order not from 2026-01-01 to 2026-01-31');
  const opened: ActivityLeaf = {
    ...last,
    source: { table: 'delivery', state: 'opened' },
    measure: 'firstAt',
    op: 'within',
    window: { type: 'lastDays', days: 1 },
  };
  expect(leafWords(opened, writer)).toBe('First email opened in the last 24 hours');
});

test('groups say all, any and not, with brackets only where they matter', () => {
  const few: Rule = { type: 'not', rule: orders };
  expect(ruleWords({ type: 'all', rules: [] }, writer)).toBe('Everybody');
  expect(ruleWords({ type: 'any', rules: [] }, writer)).toBe('Nobody');
  expect(ruleWords({ type: 'all', rules: [germany, few] }, writer)).toBe('Country is Germany and not (Orders ≥ 3)');
  expect(ruleWords({ type: 'all', rules: [germany, { type: 'any', rules: [orders, germany] }] }, writer)).toBe(
    'Country is Germany and (Orders ≥ 3 or Country is Germany)',
  );
  expect(ruleWords({ type: 'all', rules: [{ type: 'any', rules: [orders, germany] }] }, writer)).toBe(
    'Orders ≥ 3 or Country is Germany',
  );
});

test('lists and subscriptions are called by their names, deleted ones are not', () => {
  const named = {
    ...writer,
    list: (id: string) =>
      new Map([
        ['l1', 'VIP'],
        ['category:news', 'News'],
      ]).get(id),
  };
  const words = (list: string, op: 'in' | 'notIn') => ruleWords({ type: 'membership', list, op }, named);
  expect([words('l1', 'in'), words('l1', 'notIn')]).toEqual(['In list “VIP”', 'Not in list “VIP”']);
  expect([words('category:news', 'in'), words('category:news', 'notIn')]).toEqual([
    'Subscribed to “News”',
    'Not subscribed to “News”',
  ]);
  expect([words('gone', 'in'), words('category:gone', 'in')]).toEqual(['In list …', 'Subscribed to a category']);
});

test('a tag of contacts is named by itself', () => {
  const leaf = { type: 'membership', list: 'tag:big spender', op: 'in' } as const;
  expect(leafWords(leaf, writer)).toBe('Tagged “big spender”');
  expect(leafWords({ ...leaf, op: 'notIn' }, writer)).toBe('Not tagged “big spender”');
});
