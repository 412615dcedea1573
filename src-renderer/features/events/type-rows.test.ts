import { expect, test } from 'vitest';
import type { EventType } from '#shared/event/event-type.schema.ts';
import { asColumn, canBeColumn, declare, fillField, parameterRows } from './type-rows.ts';

const seen = (name: string, kinds: object = { text: 3 }) => ({ name, events: 3, kinds, examples: null });
const type: EventType = {
  key: 'paid',
  parameters: [{ key: 'brand', kind: 'text', slot: 0 }],
  declared: [
    { name: 'Total', required: true, type: 'number' },
    { name: 'planned', required: false },
  ],
  mapping: [{ parameter: 'CITY', field: 'town' }],
};

test('what came and what was said of it stand in one row, whatever the case', () => {
  expect(parameterRows(type, [seen('total', { number: 3 }), seen('city')])).toEqual([
    {
      name: 'total',
      seen: seen('total', { number: 3 }),
      declared: { required: true, type: 'number' },
      column: null,
      field: null,
    },
    { name: 'city', seen: seen('city'), declared: null, column: null, field: 'town' },
    { name: 'planned', seen: null, declared: { required: false, type: null }, column: null, field: null },
    { name: 'brand', seen: null, declared: null, column: 'text', field: null },
  ]);
});

test('declaring changes the one parameter in its place, and can be taken back', () => {
  expect(declare(type, 'total', { required: false, type: null }).declared).toEqual([
    { name: 'total', required: false },
    { name: 'planned', required: false },
  ]);
  expect(declare(type, 'TOTAL', null).declared?.map(({ name }) => name)).toEqual(['planned']);
  expect(declare({ ...type, declared: undefined }, 'a', { required: true, type: 'date' }).declared).toEqual([
    { name: 'a', required: true, type: 'date' },
  ]);
});

test('a field is filled by one parameter, and a parameter fills one field', () => {
  expect(fillField(type, 'place', 'town').mapping).toEqual([{ parameter: 'place', field: 'town' }]);
  expect(fillField(type, 'city', 'region').mapping).toEqual([{ parameter: 'city', field: 'region' }]);
  expect(fillField(type, 'city', null).mapping).toEqual([]);
});

test('a column keeps the name it had; lists are no columns', () => {
  expect(asColumn(type, 'BRAND', null)?.parameters).toEqual([]);
  expect(asColumn(type, 'total', 'number')?.parameters[1]).toEqual({ key: 'total', kind: 'number', slot: 0 });
  expect([canBeColumn(seen('x', { list: 2 })), canBeColumn(seen('x', { yesNo: 2 })), canBeColumn(null)]).toEqual([
    false,
    true,
    true,
  ]);
});
