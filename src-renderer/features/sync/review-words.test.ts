import { expect, test } from 'vitest';
import type { ReviewItem } from '#renderer/data/data-api.ts';
import { choiceWords, fieldsToShow, reviewStory, rightToChange, versionHeads } from './review-words.ts';

const anna = { id: 'u1', name: 'Anna' };
const borys = { id: 'u2', name: 'Borys' };
const item = (change: Partial<ReviewItem>): ReviewItem => ({
  id: 'r',
  reason: 'merge',
  kind: 'segment',
  documentId: 's',
  name: 'Loyal',
  contactId: null,
  at: 0,
  keptBy: anna,
  lostBy: borys,
  message: null,
  fields: [],
  ...change,
});

test('a review is told from the side of who reads it', () => {
  expect(reviewStory(item({}), 'u1')).toBe('The version of Borys gave way to yours.');
  expect(reviewStory(item({}), 'u2')).toBe('Your version gave way to that of Anna.');
  expect(reviewStory(item({}), 'u3')).toBe('The version of Borys gave way to that of Anna.');
  expect(reviewStory(item({ keptBy: null, lostBy: null }), 'u1')).toBe('One version gave way to another.');
  expect(reviewStory(item({ keptBy: anna, lostBy: anna }), 'u1')).toContain('Two of your own devices');
});

test('the ways out are called after the people', () => {
  expect(choiceWords(item({}), 'u1')).toEqual({ keep: 'Keep my version', use: 'Use Borys’s version' });
  expect(choiceWords(item({}), 'u2')).toEqual({ keep: 'Keep Anna’s version', use: 'Use my version' });
  const ownDevices = { keep: 'Keep as it is', use: 'Use the other version' };
  expect(choiceWords(item({ lostBy: anna }), 'u1')).toEqual(ownDevices);
  expect(choiceWords(item({ keptBy: null, lostBy: null }), 'u1')).toEqual(ownDevices);
  const moved = [{ field: 'name', kept: 'a', lost: 'b', current: 'c' }];
  expect(choiceWords(item({ fields: moved }), 'u1')).toEqual({ keep: 'Keep as it is', use: 'Use Borys’s version' });
  const deletion = [{ field: 'deleted', kept: false, lost: true }];
  expect(choiceWords(item({ fields: deletion }), 'u1').use).toBe('Delete it after all…');
  expect(choiceWords(item({ reason: 'restored', keptBy: null }), 'u1').keep).toBe('Keep what the server has');
});

test('a refusal says why', () => {
  expect(reviewStory(item({ reason: 'refused', message: 'The name is too long.' }), 'u1')).toBe(
    'The server refused your text: The name is too long.',
  );
});

test('the versions have a head each, with who wrote them', () => {
  expect(versionHeads(item({}), 'u2')).toEqual({ kept: 'Stands · Anna', lost: 'Gave way · you' });
  expect(versionHeads(item({ reason: 'refused' }), 'u2')).toEqual({ kept: 'On the server', lost: 'Your text' });
});

test('a field that is empty on every side is left out, one that is only filled now is not', () => {
  const empty = { field: 'description', kept: '', lost: null };
  const name = { field: 'name', kept: 'a', lost: 'b' };
  const filled = { field: 'subject', kept: null, lost: '', current: 'Hello' };
  const words = (_: string, value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  expect(fieldsToShow(item({ fields: [empty, name, filled] }), words)).toEqual([name, filled]);
});

test('a contact needs another right than a document', () => {
  expect(rightToChange(item({ kind: 'contact-edit' }))).toBe('editContacts');
  expect(rightToChange(item({}))).toBe('edit');
});
