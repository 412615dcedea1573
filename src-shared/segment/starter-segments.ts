/** Segments most shops want first: offered where a list of segments is still empty. */
import type { ActivityLeaf, Rule } from './segment.schema.ts';

export type StarterSegment = { key: string; name: string; description: string; rule: Rule };

const lastDays = (days: number) => ({ type: 'lastDays' as const, days });

const activity = (leaf: Partial<ActivityLeaf>): ActivityLeaf => ({
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
  ...leaf,
});

const all = (...rules: Rule[]): Rule => ({ type: 'all', rules });

export const starterSegments: readonly StarterSegment[] = [
  {
    key: 'bought-twice',
    name: 'Bought twice',
    description: 'Everybody with at least two orders.',
    rule: all(activity({ value: 2 })),
  },
  {
    key: 'new-customers',
    name: 'New customers',
    description: 'First order in the last 30 days.',
    rule: all(activity({ measure: 'firstAt', op: 'within', value: null, window: lastDays(30) })),
  },
  {
    key: 'quiet-90-days',
    name: 'Quiet for 90 days',
    description: 'Has bought before, but not in the last 90 days.',
    rule: all(activity({ measure: 'lastAt', op: 'notWithin', value: null, window: lastDays(90) })),
  },
  {
    key: 'never-bought',
    name: 'Never bought',
    description: 'Can be mailed, but has no order yet.',
    rule: all(
      { type: 'text', field: 'emailStatus', op: 'is', values: ['subscribed'] },
      activity({ op: 'equals', value: 0 }),
    ),
  },
  {
    key: 'engaged',
    name: 'Opens our emails',
    description: 'Opened at least one email in the last 60 days.',
    rule: all(activity({ source: { table: 'delivery', state: 'opened' }, period: lastDays(60) })),
  },
  {
    key: 'joined-this-week',
    name: 'Joined this week',
    description: 'Contacts added in the last 7 days.',
    rule: all({ type: 'instant', field: 'createdAt', op: 'within', period: lastDays(7) }),
  },
];
