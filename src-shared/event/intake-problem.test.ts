import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemReason } from './intake-problem.ts';

test('what is wrong with the form of a row is told from what goes wrong while storing it', () => {
  const parsed = z.object({ values: z.object({}) }).safeParse({ no: 'event' });
  expect(problemReason(parsed.error?.message ?? '')).toBe('form');
});

test.each([
  ['date/time field value out of range: "+275761-01-01"', 'value'],
  ['value too long for type character varying(20)', 'value'],
  ['unsupported Unicode escape sequence', 'value'],
  ['duplicate key value violates unique constraint "identifier_external"', 'clash'],
  ['Cannot read properties of undefined', 'internal'],
])('%s is a matter of: %s', (error, reason) => {
  expect(problemReason(error)).toBe(reason);
});
