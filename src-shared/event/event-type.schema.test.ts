import { expect, test } from 'vitest';
import { eventTypeSchema } from './event-type.schema.ts';

const type = (more: object) => eventTypeSchema.safeParse({ key: 'bought', parameters: [], ...more });
const problems = (more: object) => type(more).error?.issues.map(({ message }) => message) ?? [];

test('a type of an older version is read as it is', () => {
  expect(type({ declared: [{ name: 'total', required: true }] }).success).toBe(true);
});

test('each parameter is declared once and fills one field, whatever its case', () => {
  expect(
    problems({
      declared: [
        { name: 'a', required: true },
        { name: 'A', required: false, type: 'text' },
      ],
    }),
  ).toEqual(['Each parameter is declared once']);
  expect(
    problems({
      mapping: [
        { parameter: 'mail', field: 'email' },
        { parameter: 'MAIL', field: 'phone' },
      ],
    }),
  ).toEqual(['Each parameter fills one field']);
  expect(
    problems({
      mapping: [
        { parameter: 'a', field: 'email' },
        { parameter: 'b', field: 'email' },
      ],
    }),
  ).toEqual(['Each field is filled by one parameter']);
  expect(type({ mapping: [{ parameter: 'size', field: 'field:0123abcd' }] }).success).toBe(true);
  expect(type({ mapping: [{ parameter: 'size', field: 'emailStatus' }] }).success).toBe(false);
});
