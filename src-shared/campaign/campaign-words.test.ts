import { expect, test } from 'vitest';
import { skipReasons } from './campaign.schema.ts';
import { countWords, resultWords, skipList, skippedWords, skipReasonWords } from './campaign-words.ts';

test('a finished campaign says who got it and why the others did not', () => {
  const words = resultWords({
    recipients: 1204,
    counts: { sent: 1179, bounced: 1, skipped: 24 },
    skipped: { noEmail: 4, unsubscribed: 20 },
  });
  expect(words).toBe('Sent to 1,179 of 1,204 contacts. 24 skipped: 20 unsubscribed, 4 without email. 1 bounced.');
});

test('every reason has words of its own, and one of a newer server is not lost', () => {
  const words = skipReasons.map(skipReasonWords);
  expect(new Set(words).size).toBe(skipReasons.length);
  expect(skipReasonWords('quotaOfTomorrow')).toBe('quotaOfTomorrow');
});

test('reasons nobody was skipped for are left out, equal ones keep a fixed order', () => {
  expect(skipList({ noEmail: 2, bounced: 2, deleted: 0 }).map(({ reason }) => reason)).toEqual(['bounced', 'noEmail']);
  expect(skippedWords({})).toBe('');
});

test('counts get thousands separators', () => {
  expect([0, 999, 1000, 1234567].map(countWords)).toEqual(['0', '999', '1,000', '1,234,567']);
});
