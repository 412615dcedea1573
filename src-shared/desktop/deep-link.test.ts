import { expect, test } from 'vitest';
import { isLinkablePath, pathOfDeepLink } from './deep-link.ts';

const id = '0198c7a2-1b2c-7d3e-8f40-123456789abc';

test('a link names a screen of the app', () => {
  expect(pathOfDeepLink('muster://contacts/12')).toBe('/contacts/12');
  expect(pathOfDeepLink('muster://contacts')).toBe('/contacts');
  expect(pathOfDeepLink('muster://contacts/')).toBe('/contacts');
  expect(pathOfDeepLink(`muster://segments/${id}`)).toBe(`/segments/${id}`);
  expect(pathOfDeepLink(`muster://campaigns/${id}`)).toBe(`/campaigns/${id}`);
  expect(pathOfDeepLink('muster://settings')).toBe('/settings');
});

test.each([
  'muster://',
  'muster:///etc/passwd',
  'muster://contacts/../settings/api-keys',
  'muster://contacts/%2e%2e/settings',
  'muster://contacts/0',
  'muster://contacts/12/../13',
  'muster://contacts/1234567890123',
  'muster://contacts/12?delete=1',
  'muster://contacts/12#x',
  'muster://user:pw@contacts/12',
  'muster://contacts:80/12',
  'muster://segments/not-an-id',
  'muster://trpc/system.setup',
  'muster://desktop/vault-key',
  'muster://settings/api-keys',
  'MUSTER://contacts/12',
  ' muster://contacts/12',
  'muster://contacts/12\n',
  'app://bundle/contacts/12',
  'https://evil.example/?muster://contacts/12',
  '--muster://contacts/12',
])('nothing else is a link: %s', (link) => {
  expect(pathOfDeepLink(link)).toBeNull();
});

test('a notification may lead only where a link may', () => {
  expect(isLinkablePath(`/campaigns/${id}`)).toBe(true);
  for (const path of ['', '/', '//evil.example', '/settings/account', 'https://evil.example/', '/contacts/1/2']) {
    expect(isLinkablePath(path), path).toBe(false);
  }
});
