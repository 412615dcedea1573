import { expect, test } from 'vitest';
import { fieldSpecs } from '#shared/contact/field.schema.ts';
import { fieldMatcher } from './field-matcher.ts';

const COLOUR = 'field:00000001-0000';
const CHILDREN = 'field:00000002-0000';
const field = (id: string, key: string, type: string) => ({
  id,
  body: { listKey: 'PERSONAL', listName: 'Personal', key, label: key, type, personal: false },
});

test('a field is meant by its key however it is written; what does not fit stays what it is', () => {
  const specs = fieldSpecs([field(COLOUR, 'FAVOURITE_COLOUR', 'text'), field(CHILDREN, 'CHILDREN', 'integer')]);
  expect(specs.size).toBe(2);
  const match = fieldMatcher(specs);
  expect(match({ favouriteColour: 'red', 'personal.children': 2, plan: 'gold' })).toEqual({
    fields: { [COLOUR]: 'red', [CHILDREN]: 2 },
    rest: { plan: 'gold' },
  });
  expect(match({ children: 'many' })).toEqual({ fields: {}, rest: { children: 'many' } });
});
