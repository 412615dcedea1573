import { expect, test } from 'vitest';
import type { FieldSpec, FieldSpecs } from '#shared/contact/field.schema.ts';
import { contactFieldSchema } from '#shared/contact/field.schema.ts';
import { mappedContactValues, mappedFieldValues } from './parameter-mapping.ts';

const size: FieldSpec = {
  ...contactFieldSchema.parse({
    listName: 'Extra',
    listKey: 'EXTRA',
    key: 'SIZE',
    label: 'Size',
    type: 'integer',
    personal: false,
  }),
  id: 'field:0123abcd',
};
const specs: FieldSpecs = new Map([[size.id, size]]);
const mapping = [
  { parameter: 'work_mail', field: 'email' as const },
  { parameter: 'City', field: 'town' as const },
  { parameter: 'shoe', field: size.id },
];

test('parameters fill fields by names without case, in the form fields have', () => {
  const params = { WORK_MAIL: ' Olena@Shop.example ', city: 'Lviv', SHOE: '38', other: 'x' };
  expect(mappedContactValues(mapping, params, { region: null })).toEqual({ email: 'Olena@Shop.example', town: 'Lviv' });
  expect(mappedFieldValues(mapping, params, { specs, zone: 'UTC' })).toEqual({ [size.id]: 38 });
});

test('of the past only who it was is taken', () => {
  const params = { work_mail: 'olena@shop.example', city: 'Lviv' };
  expect(mappedContactValues(mapping, params, { onlyIdentifying: true, region: null })).toEqual({
    email: 'olena@shop.example',
  });
});

test('what no field can hold is left out, and clears nothing', () => {
  const params = { work_mail: 'no address', city: { name: 'Lviv' }, shoe: 'big' };
  expect(mappedContactValues(mapping, params, { region: null })).toEqual({});
  expect(mappedFieldValues(mapping, params, { specs, zone: 'UTC' })).toEqual({});
  expect(mappedContactValues(mapping, { city: '' }, { region: null })).toEqual({});
  expect(mappedFieldValues(mapping, { shoe: 38 }, { specs: new Map(), zone: 'UTC' })).toEqual({});
});
