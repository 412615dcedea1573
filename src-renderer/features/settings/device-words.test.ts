import { expect, test } from 'vitest';
import { createFormat } from '#renderer/ui/format.ts';
import { deviceState, holdsWords } from './device-words.ts';

const format = createFormat({ zone: 'UTC', currency: 'EUR' });
const words = (change: Partial<Parameters<typeof holdsWords>[0]>) =>
  holdsWords({ contacts: 1204, personal: true, events: 5310, bytes: 12_400_000, since: null, ...change }, format);

test('what a device holds is said in numbers, and whether names are among it', () => {
  expect(words({})).toBe('1,204 contacts with names and addresses, 5,310 events, 12.4 MB');
  expect(words({ personal: false, events: 0 })).toBe('1,204 contacts without names, 12.4 MB');
  expect(words({ contacts: 0, events: 0, bytes: 0 })).toBe('no contacts');
});

test('a device whose session ended is not called signed in', () => {
  const device = {
    id: 'd',
    userId: 'u',
    userName: 'Anna',
    name: 'Firefox',
    holds: { contacts: 1, personal: true, events: 0, bytes: 0, since: null },
    firstSeenAt: 0,
    lastSeenAt: Date.parse('2026-11-23T12:00:00Z'),
    state: 'active',
    signedIn: true,
    current: false,
  } as const;
  expect(deviceState(device, format).words).toBe('Signed in');
  expect(deviceState({ ...device, signedIn: false }, format)).toEqual({
    tone: 'warn',
    words: 'Signed out; keeps its data until about 23 Dec 2026 or until it signs in again',
  });
  expect(deviceState({ ...device, signedIn: false, state: 'wiped' }, format).words).toBe('Its data is deleted');
});
