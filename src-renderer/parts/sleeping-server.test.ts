import { expect, test } from 'vitest';
import { sleepingLinks, withSleepingLinks } from './sleeping-server.ts';

test('links are said to sleep with this computer only where its own server sends', () => {
  const links = 'Links in this mail work only while this computer is awake and Muster is open.';
  expect(sleepingLinks({ localWorkspace: true })).toBe(links);
  expect(sleepingLinks({ localWorkspace: false })).toBeNull();
  expect(sleepingLinks(null)).toBeNull();
  expect(withSleepingLinks('Test sent to a@b.test.', { localWorkspace: true })).toBe(`Test sent to a@b.test. ${links}`);
  expect(withSleepingLinks('Test sent to a@b.test.', { localWorkspace: false })).toBe('Test sent to a@b.test.');
});
