import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { conform, keepUnknown } from './unknown-fields.ts';

const schema = z.object({
  name: z.string().trim(),
  note: z.string().default(''),
  live: z.object({ rule: z.string() }).nullable().default(null),
  parts: z.array(z.object({ key: z.string() })).default([]),
});

test('[VER-5] what a schema does not know is given back unchanged, what it knows in its own form', () => {
  const said = {
    name: ' Regulars ',
    colour: 'green',
    live: { rule: 'x', by: { name: 'Ann' } },
    parts: [{ key: 'a', width: 2 }],
  };
  expect(conform(said, schema.parse(said))).toEqual({ ...said, name: 'Regulars' });
});

test('[VER-5] an older text is not given fields its author does not know', () => {
  expect(conform({ name: 'a' }, schema.parse({ name: 'a' }))).toEqual({ name: 'a' });
});

test('[VER-5] an edit keeps the fields its reader never saw, also nested ones, and may remove known ones', () => {
  const stored = { name: 'a', note: 'n', colour: 'green', live: { rule: 'x', by: 'Ann' } };
  const read = schema.parse(stored);
  expect(keepUnknown(stored, read, { ...read, name: 'b', live: { rule: 'y' } })).toEqual({
    name: 'b',
    note: 'n',
    colour: 'green',
    live: { rule: 'y', by: 'Ann' },
    parts: [],
  });
  expect(keepUnknown(stored, read, { name: 'b', live: null })).toEqual({ name: 'b', live: null, colour: 'green' });
});

test('[VER-5] whatever an unknown field holds comes through reading, editing and reading again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, name) => {
      const stored = conform({ name: 'a', later: value }, schema.parse({ name: 'a', later: value }));
      const edited = keepUnknown(stored, schema.parse(stored), { ...schema.parse(stored), name });
      expect(conform(edited, schema.parse(edited)).later).toEqual(value);
    }),
  );
});
