import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import type { BulkDeed, BulkJob } from '#shared/contact/bulk.schema.ts';
import { consequence, deedWords, jobTitle, outcomeWords } from './bulk-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'GBP' });
const names = {
  list: (id: string) => (id === 'vip' ? 'VIP' : undefined),
  field: (id: string) => (id === 'country' ? 'Country' : id),
};
const job: BulkJob = {
  ...{ id: 'b1', deed: { type: 'delete' }, undoes: null, state: 'done', total: 1_204, position: 1_204, changed: 1_180 },
  ...{ skipped: { unchanged: 20, noEmail: 4 }, error: null, canUndo: true, undone: false },
  ...{ by: { id: 'u1', name: 'Olha' }, createdAt: 1, finishedAt: 2 },
};

test.each([
  [{ type: 'field', field: 'country', to: 'DE' }, 'Set Country to “DE”'],
  [{ type: 'field', field: 'country', to: null }, 'Empty Country'],
  [{ type: 'field', field: 'country' }, 'Set Country'],
  [{ type: 'list', listId: 'vip', member: true }, 'Add to “VIP”'],
  [{ type: 'list', listId: 'gone', member: false }, 'Take out of “a deleted list”'],
  [{ type: 'tag', tag: 'big spender', add: true }, 'Add tag “big spender”'],
  [{ type: 'subscription', categoryId: 'all', subscribed: false, evidence: null }, 'Unsubscribe from all mail'],
] satisfies [BulkDeed, string][])('%o is “%s”', (deed, words) => {
  expect(deedWords(deed, names)).toBe(words);
});

test('what cannot be undone says so', () => {
  expect(consequence({ type: 'subscription', categoryId: 'all', subscribed: false, evidence: null })).toMatch(
    /cannot be undone/,
  );
  expect(consequence({ type: 'delete' })).toMatch(/undo this for 30 days/);
});

test('the outcome counts who changed and says why others did not', () => {
  expect(outcomeWords(job, format)).toBe('1,180 of 1,204 contacts changed: 20 had it already, 4 without email.');
  expect(outcomeWords({ ...job, changed: 1_204, skipped: {} }, format)).toBe('1,204 contacts changed.');
  expect(outcomeWords({ ...job, state: 'cancelled', changed: 0, skipped: {} }, format)).toBe(
    'Stopped. 0 of 1,204 contacts changed.',
  );
  expect(jobTitle({ deed: { type: 'undo', of: 'x' }, undoes: { type: 'delete' } }, names)).toBe('Undo: Delete');
});
