import { MONEY_SCALE } from '#shared/kernel/money.ts';
import type { ActivityLeaf, Rule, Segment } from '#shared/segment/segment.schema.ts';

const orders: ActivityLeaf = {
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
};
const lastOrder: ActivityLeaf = {
  ...orders,
  measure: 'lastAt',
  op: 'within',
  value: null,
  window: { type: 'lastDays', days: 90 },
};
const all = (...rules: Rule[]): Rule => ({ type: 'all', rules });

/** Segments most shops start with. */
export const starters: readonly Omit<Segment, 'createdAt' | 'live'>[] = [
  { name: 'Repeat customers', description: 'Bought at least twice.', rule: all({ ...orders, value: 2 }) },
  {
    name: 'Lapsed customers',
    description: 'Bought before, but not in the last 90 days.',
    rule: all(orders, { ...lastOrder, op: 'notWithin' }),
  },
  {
    name: 'Best customers',
    description: 'At least 3 orders and 500 in revenue.',
    rule: all({ ...orders, value: 3 }, { ...orders, measure: 'net', value: 500 * MONEY_SCALE }),
  },
  {
    name: 'Subscribed, never bought',
    description: 'May be mailed and has no order yet.',
    rule: all(
      { type: 'text', field: 'emailStatus', op: 'anyOf', values: ['subscribed'] },
      { ...orders, op: 'equals', value: 0 },
    ),
  },
];
