import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import { importSummary } from '#shared/api/import.schema.ts';
import { noticesOf, summaryWords, undoWords } from './summary-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'GBP' });
const summary = importSummary.parse({
  lines: 541_909,
  orders: 25_900,
  contacts: 4_372,
  created: 30_272,
  updated: 0,
  unchanged: 0,
  rejected: 3,
});

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

test('what an import would do beside storing values is said, and that nothing starts by it', () => {
  const told = {
    kind: 'contacts' as const,
    summary: { ...summary, suppressed: 1, duplicates: 2, notices: ['3 phones were left out'] },
  };
  expect(noticesOf({ ...told, purpose: 'check' }, format)).toEqual([
    '2 lines of somebody the file names more than once; each is one contact.',
    '1 person of the file got no mail before, because they unsubscribed or mail to them failed.',
    '3 phones were left out.',
    'No workflow starts by it.',
  ]);
  expect(noticesOf({ ...told, purpose: 'import' }, format)).not.toContain('No workflow starts by it.');
  expect(undoWords({ removed: 5, restored: 2, kept: 1 }, format)).toBe(
    '5 contacts removed, 2 put back to what they were. 1 stay as they are, because something happened to them since. ' +
      'Who was unsubscribed by the file stays unsubscribed.',
  );
});
