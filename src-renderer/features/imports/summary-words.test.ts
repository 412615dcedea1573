import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import { summaryWords } from './summary-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'GBP' });
const summary = {
  lines: 541_909,
  orders: 25_900,
  contacts: 4_372,
  created: 30_272,
  updated: 0,
  unchanged: 0,
  rejected: 3,
};

test('an import says what came in and what did not', () => {
  expect(summaryWords({ kind: 'orders', summary }, format)).toBe(
    '541,909 lines read, 25,900 orders of 4,372 known contacts. 30,272 new, 0 updated, 0 unchanged. ' +
      '3 lines left out, with the reason in the rejects file.',
  );
});

test('the second run of a file says that nothing changed', () => {
  const again = { ...summary, created: 0, updated: 0, unchanged: 30_272, rejected: 0 };
  expect(summaryWords({ kind: 'contacts', summary: { ...again, contacts: 1, lines: 1 } }, format)).toBe(
    '1 line read, 1 contact. Nothing new: everything was already here.',
  );
  expect(summaryWords({ kind: 'orders', summary: null }, format)).toBe('');
});
