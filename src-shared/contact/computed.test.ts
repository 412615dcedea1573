import { expect, test } from 'vitest';
import { segmentNeeds } from '#shared/segment/segment.schema.ts';
import { type Computed, computedSchema, computedType } from './computed.schema.ts';
import { computedTemplates } from './computed-templates.ts';
import { computedWords } from './computed-words.ts';
import { contactFieldNeeds } from './field.schema.ts';
import { normaliseField } from './field-value.ts';

const writer = {
  count: (value: number) => value.toLocaleString('en-GB'),
  event: (key: string) => key.toUpperCase(),
  status: (status: string) => status.toLowerCase(),
};
const events = { table: 'event', eventType: 'view', where: [] } as const;
const orders = { table: 'order', statuses: [] } as const;

test('templates are sound, and read as what they are called', () => {
  expect(
    computedTemplates.map(({ label, computed }) => [
      label,
      computedType(computedSchema.parse(computed)),
      computedWords(computed, writer),
    ]),
  ).toEqual([
    ['Lifetime value', 'decimal', 'Sum of revenue of orders'],
    ['Orders in 90 days', 'integer', 'Number of orders in the last 90 days'],
    ['Last order date', 'dateTime', 'Time of the last order'],
    ['Abandoned carts', 'integer', 'Number of orders with status abandoned_shopping_cart'],
    ['Preferred category', 'text', 'Most frequent category of items bought'],
  ]);
});

test('a sentence names conditions, statuses and the window', () => {
  const where: Computed['source'] = {
    ...events,
    where: [{ param: 'brand', op: 'is', values: ['Acme'] }],
  };
  const price = { of: 'parameter', param: 'price', kind: 'number' } as const;
  expect(computedWords({ source: where, aggregate: 'max', value: price, days: 1 }, writer)).toBe(
    'Largest price of “VIEW” events (brand is Acme) in the last 24 hours',
  );
  const carts: Computed['source'] = { table: 'orderLine', statuses: ['ABANDONED_SHOPPING_CART', 'X'] };
  expect(computedWords({ source: carts, aggregate: 'count', value: null, days: null }, writer)).toBe(
    'Number of items bought in orders with status abandoned_shopping_cart or x',
  );
});

const refused: [string, unknown][] = [
  ['aggregate', { source: orders, aggregate: 'sum', value: { of: 'time' }, days: null }],
  ['aggregate', { source: orders, aggregate: 'mostFrequent', value: { of: 'column', column: 'net' }, days: null }],
  ['value', { source: orders, aggregate: 'sum', value: { of: 'column', column: 'category' }, days: null }],
  ['value', { source: events, aggregate: 'sum', value: { of: 'column', column: 'net' }, days: null }],
  ['value', { source: orders, aggregate: 'sum', value: { of: 'parameter', param: 'p', kind: 'number' }, days: null }],
  ['value', { source: orders, aggregate: 'count', value: { of: 'time' }, days: null }],
  ['value', { source: orders, aggregate: 'sum', value: null, days: null }],
  ['days', { source: orders, aggregate: 'count', value: null, days: 0 }],
  ['source', { source: { ...events, eventType: '' }, aggregate: 'count', value: null, days: null }],
];
test.each(refused)('%s is refused where it makes no sense: %o', (field, given) => {
  expect(computedSchema.safeParse(given).error?.issues[0]?.path[0]).toBe(field);
});

test('[VER-5] only what asks for a computed field needs an app that knows them', () => {
  const leaf = (field: string) => ({ type: 'fieldPresence', field, op: 'isSet' });
  const nested = (rule: unknown) => ({ rule: { type: 'all', rules: [{ type: 'not', rule }] } });
  expect(segmentNeeds(nested({ type: 'presence', field: 'email', op: 'isSet' }))).toBe(2);
  expect(segmentNeeds(nested(leaf('field:0000000a-1111')))).toBe(3);
  expect(segmentNeeds(nested(leaf('field:0-0000000a-1111')))).toBe(4);
  expect(segmentNeeds({ rule: { type: 'all', rules: [] }, live: { rule: leaf('field:0-0000000a') } })).toBe(4);
  expect(contactFieldNeeds({ label: 'Shoe size', computed: null })).toBe(1);
  expect(contactFieldNeeds({ label: 'Lifetime value', computed: computedTemplates[0]?.computed })).toBe(2);
});

test('nobody writes a computed value, not even nothing', () => {
  const spec = { label: 'Lifetime value', type: 'decimal', required: false, allowedValues: [], min: null, max: null };
  const computed = computedTemplates[0]?.computed;
  for (const given of ['5', 5, null, '']) {
    expect(normaliseField({ ...spec, type: 'decimal', computed }, given)).toEqual({
      ok: false,
      error: {
        field: 'Lifetime value',
        message: 'Lifetime value is worked out from events or orders and cannot be written',
      },
    });
  }
});
