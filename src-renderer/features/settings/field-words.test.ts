import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import { goneWithField } from './field-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'EUR' });

test('what goes with a field is told by number, and never called nothing where nobody knows', () => {
  expect(goneWithField(0, format)).toBe('No contact has a value in it.');
  expect(goneWithField(1, format)).toMatch(/^1 contact has a value in it; those values disappear everywhere/);
  expect(goneWithField(null, format)).toMatch(/^This device does not keep its values .*disappear everywhere/);
});
