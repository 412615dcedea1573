import type { Format } from '#renderer/ui/format.ts';
import { MONEY_SCALE } from '#shared/kernel/money.ts';
import type { ActivityLeaf, Rule, Segment } from '#shared/segment/segment.schema.ts';

/** What somebody says of a segment; never published, it is used as it stands. */
export type NewSegment = Omit<Segment, 'createdAt' | 'live'>;

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

export const repeatCustomers: NewSegment = {
  name: 'Repeat customers',
  description: 'Bought at least twice.',
  rule: all({ ...orders, value: 2 }),
};
export const lapsedCustomers: NewSegment = {
  name: 'Lapsed customers',
  description: 'Bought before, but not in the last 90 days.',
  rule: all(orders, { ...lastOrder, op: 'notWithin' }),
};
const MUCH = 500 * MONEY_SCALE;

/** Segments most shops start with, said in the workspace's currency. */
export const starters = ({ moneyShort }: Pick<Format, 'moneyShort'>): readonly NewSegment[] => [
  repeatCustomers,
  lapsedCustomers,
  {
    name: 'Best customers',
    description: `At least 3 orders and ${moneyShort(MUCH)} in revenue.`,
    rule: all({ ...orders, value: 3 }, { ...orders, measure: 'net', value: MUCH }),
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
