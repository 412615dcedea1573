import type { Computed } from './computed.schema.ts';

export type ComputedTemplate = { label: string; computed: Computed };

/** What most shops want first; each can be changed before it is saved. */
export const computedTemplates: readonly ComputedTemplate[] = [
  {
    label: 'Lifetime value',
    computed: {
      source: { table: 'order', statuses: [] },
      aggregate: 'sum',
      value: { of: 'column', column: 'net' },
      days: null,
    },
  },
  {
    label: 'Orders in 90 days',
    computed: { source: { table: 'order', statuses: [] }, aggregate: 'count', value: null, days: 90 },
  },
  {
    label: 'Last order date',
    computed: { source: { table: 'order', statuses: [] }, aggregate: 'last', value: { of: 'time' }, days: null },
  },
  {
    label: 'Abandoned carts',
    computed: {
      source: { table: 'order', statuses: ['ABANDONED_SHOPPING_CART'] },
      aggregate: 'count',
      value: null,
      days: null,
    },
  },
  {
    label: 'Preferred category',
    computed: {
      source: { table: 'orderLine', statuses: [] },
      aggregate: 'mostFrequent',
      value: { of: 'column', column: 'category' },
      days: null,
    },
  },
];
