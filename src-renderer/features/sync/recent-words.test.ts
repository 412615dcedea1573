import { expect, test } from 'vitest';
import type { RemoteChange } from '#renderer/data/data-changes.ts';
import { createFormat } from '#renderer/ui/format.ts';
import { joinChanges, outcomeWords, valueChange } from './recent-words.ts';

const MINUTE = 60_000;
const format = createFormat({ zone: 'UTC', currency: 'EUR' });
const anna = { id: 'u1', name: 'Anna' };
const change = (more: Partial<RemoteChange>): RemoteChange => ({
  id: 'c',
  at: 0,
  by: anna,
  kind: 'segment',
  documentId: 's',
  name: 'Loyal',
  contactId: null,
  what: 'changed',
  fields: ['name'],
  merged: false,
  ...more,
});
const named = (from: string, to: string) => [{ field: 'name', from, to }];

test('saves of one thing by one person soon after each other are one row, from first to last', () => {
  const rows = joinChanges([
    change({ at: 30 * MINUTE, values: named('b', 'c') }),
    change({ at: 25 * MINUTE, fields: ['rule'], merged: true, stands: 'mine' }),
    change({ at: 24 * MINUTE, by: { id: 'u2', name: 'Borys' } }),
    change({ at: 17 * MINUTE, values: named('a', 'b') }),
    change({ at: 2 * MINUTE, values: named('z', 'a') }),
  ]);
  expect(rows).toHaveLength(3);
  const [value] = named('a', 'c');
  expect(rows[0]).toMatchObject({ fields: ['name', 'rule'], merged: true, stands: 'mine' });
  expect(rows[0]?.values).toEqual([{ ...value, via: ['b'] }]);
  expect(rows[1]?.by?.name).toBe('Borys');
  expect(rows[2]?.values).toEqual(named('z', 'a'));
});

test('what came back to where it was is told with what it was in between, and a removal stays a row of its own', () => {
  const back = joinChanges([change({ at: 2, values: named('b', 'a') }), change({ at: 1, values: named('a', 'b') })]);
  expect(back).toMatchObject([{ values: [{ from: 'a', via: ['b'], to: 'a' }] }]);
  expect(joinChanges([change({ at: 2, what: 'removed' }), change({ at: 1 })])).toHaveLength(2);
});

test('what changed after something was made is told beside that it was made', () => {
  const rows = joinChanges([
    change({ at: 3, values: named('b', 'c') }),
    change({ at: 2, values: named('a', 'b') }),
    change({ at: 1, what: 'made', fields: [] }),
  ]);
  expect(rows).toMatchObject([{ what: 'changed', values: named('a', 'c') }, { what: 'made' }]);
});

test('a change that does not go on from where the one before ended is a row of its own, and so is a taking back', () => {
  const apart = [change({ at: 2, values: named('mine', 'b') }), change({ at: 1, values: named('a', 'b') })];
  expect(joinChanges(apart)).toEqual(apart);
  const back = [change({ at: 2, tookBack: true, values: named('b', 'c') }), change({ at: 1, values: named('a', 'b') })];
  expect(joinChanges(back)).toEqual(back);
});

test('what became of one’s own version names the fields, and whether that is still to decide', () => {
  const subject = { kind: 'message' as const, contested: ['subject', 'name'] };
  expect(outcomeWords({ kind: 'message' })).toBe('Joined with your change');
  expect(outcomeWords({ ...subject, stands: 'mine' })).toBe('Your version of Subject and Name stands');
  expect(outcomeWords({ ...subject, stands: 'mine', decided: true })).toBe('Your version of Subject and Name stood');
  expect(outcomeWords({ ...subject, stands: 'theirs' })).toBe('Your version of Subject and Name gave way');
  expect(outcomeWords({ kind: 'segment', contested: ['deleted'], stands: 'mine' })).toBe('Your version stands');
  const [row] = joinChanges([
    change({ at: 2, fields: ['rule'] }),
    change({ at: 1, stands: 'mine', contested: ['name'], decided: false }),
  ]);
  expect(row).toMatchObject({ stands: 'mine', contested: ['name'], decided: false });
});

test('edits of one contact are joined, and are changes', () => {
  const edit = { kind: 'contact-edit', contactId: 7, what: 'made' } as const;
  const rows = joinChanges([
    change({ ...edit, documentId: 'e2', fields: ['city'] }),
    change({ ...edit, documentId: 'e1', fields: ['email'] }),
  ]);
  expect(rows).toMatchObject([{ what: 'changed', fields: ['city', 'email'] }]);
});

test('values are shown before and after, short; rules in words, long texts not at all', () => {
  const words = (field: string, from: unknown, to: unknown) =>
    valueChange('segment', { field, from, to }, format, new Map([['m', 'Hello']]));
  expect(words('name', 'Loyal', 'Very loyal')).toEqual({
    label: 'Name',
    before: 'Loyal',
    via: [],
    after: 'Very loyal',
  });
  const often = valueChange(
    'segment',
    { field: 'name', from: 'a', via: ['b', 'c', null, 'e'], to: 'f' },
    format,
    new Map(),
  );
  expect(often).toEqual({ label: 'Name', before: 'a', via: ['…', 'c', 'empty', 'e'], after: 'f' });
  expect(words('description', '', 'New')).toMatchObject({ before: 'empty', after: 'New' });
  expect(words('description', 'x'.repeat(61), 'y')).toEqual({ label: 'Description', changed: 'text changed' });
  expect(words('source', 'a', 'b')).toEqual({ label: 'Content', changed: 'text changed' });
  expect(words('messageId', null, 'm')).toMatchObject({ before: 'empty', after: 'Hello' });
  expect(words('rule', { type: 'all', rules: [] }, { type: 'any', rules: [] })).toMatchObject({
    before: 'Everybody',
    after: 'Nobody',
  });
});
