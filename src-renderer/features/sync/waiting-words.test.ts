import { expect, test } from 'vitest';
import type { WaitingChange } from '#renderer/data/data-changes.ts';
import { joinWaiting } from './waiting-words.ts';

const edit = (id: string, contactId: number, from: string, to: string, more: Partial<WaitingChange> = {}) => ({
  id,
  kind: 'contact-edit' as const,
  name: 'Ada',
  contactId,
  field: 'town' as const,
  values: [{ field: 'town', from, to }],
  removed: false,
  at: 1,
  refusal: null,
  ...more,
});

test('edits of one contact are one row, from the first value of a field to its last', () => {
  const town = edit('a', 1, 'Bath', 'Hull', { at: 3 });
  const before = edit('b', 1, 'York', 'Bath', { at: 2 });
  const phone = edit('c', 1, '', '', { at: 4, field: 'phone', values: [{ field: 'phone', from: null, to: '+44' }] });
  const other = edit('d', 2, 'Rome', 'Pisa');
  const [first, second, ...rest] = joinWaiting([town, before, other, phone]);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ contactId: 1, at: 4 });
  expect(first?.values).toEqual([
    { field: 'town', from: 'York', to: 'Hull' },
    { field: 'phone', from: null, to: '+44' },
  ]);
  expect(second).toEqual(other);
});

test('a refused edit stays a row of its own, as documents do', () => {
  const refused = edit('a', 1, 'Bath', 'Hull', { refusal: 'too long' });
  const waiting = edit('b', 1, 'York', 'Bath');
  const segment = { ...waiting, id: 's', kind: 'segment' as const, contactId: null, field: null };
  expect(joinWaiting([refused, waiting, segment, { ...segment, id: 't' }])).toHaveLength(4);
});
