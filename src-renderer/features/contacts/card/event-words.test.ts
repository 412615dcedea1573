import { expect, test } from 'vitest';
import { eventSummary, parameterLines } from './event-words.ts';

test.each([
  [{ url: 'https://shop.example.com/cart?x=1', title: '' }, '/cart?x=1'],
  [{ url: 'https://shop.example.com/', title: 'Willow & Co' }, 'Willow & Co'],
  [{ productKey: 'mug-1', price: 12, isInStock: 1 }, 'mug-1'],
  [{ search: 'red socks', isFound: true }, 'red socks'],
  [{ GUID: 'g', Products: [{ productKey: 'a' }, { productKey: 'b' }] }, '2 products'],
  [{ GUID: 'g', Products: [] }, 'Emptied'],
  [{ OrderNumber: 1001, Products: [{ productKey: 'a' }] }, '1001 · 1 product'],
  [{ anything: 'else', n: 3, deep: { x: 1 } }, 'else · 3'],
  [{}, ''],
])('%j in one line is %j', (params, line) => {
  expect(eventSummary(params)).toBe(line);
});

test('a line has an end', () => {
  expect(eventSummary({ title: 'x'.repeat(500) })).toHaveLength(90);
});

test('every parameter is readable, and lists thing by thing', () => {
  const params = {
    GUID: 'g',
    user_email: 'a@x.org',
    isFound: false,
    empty: null,
    tag_colour: ['red', 'blue'],
    deep: { x: [1] },
    Products: [{ productKey: 'mug', quantity: 2 }],
  };
  expect(parameterLines(params).map(({ name, text }) => [name, text])).toEqual([
    ['GUID', 'g'],
    ['User email', 'a@x.org'],
    ['Is found', 'No'],
    ['Empty', '–'],
    ['Tag colour', 'red, blue'],
    ['Deep', '{"x":[1]}'],
    ['Products 1', 'Product key mug, Quantity 2'],
  ]);
});
