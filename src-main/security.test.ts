import { expect, test } from 'vitest';
import {
  CONTENT_SECURITY_POLICY,
  isAppUrl,
  isExternalUrl,
  isPermissionGranted,
  isProxiedPath,
  serverOrigin,
} from './security.ts';

test('only the app scheme with its own host is the app, wherever its name is hidden', () => {
  expect(isAppUrl('app://bundle/contacts/1')).toBe(true);
  for (const url of [
    'app://bundle.evil.example/',
    'app://evil/',
    'https://evil.example/?app://bundle/',
    'https://app:bundle@evil.example/',
    'file:///app://bundle/',
    'javascript:app://bundle/',
    'not a url',
  ]) {
    expect(isAppUrl(url), url).toBe(false);
  }
});

test('only plain web and mail links may leave the app', () => {
  expect(isExternalUrl('https://example.org/a?b#c')).toBe(true);
  expect(isExternalUrl('mailto:team@example.org')).toBe(true);
  for (const url of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'https://user:pw@example.org',
    'x',
  ]) {
    expect(isExternalUrl(url), url).toBe(false);
  }
});

test('the policy allows no eval, no inline script and no foreign connection', () => {
  expect(CONTENT_SECURITY_POLICY).toContain("script-src 'self';");
  expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'self';");
  expect(CONTENT_SECURITY_POLICY).toContain("object-src 'none'");
  expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe-eval');
});

test('permissions are denied unless named, and never to another origin', () => {
  expect(isPermissionGranted('clipboard-sanitized-write', 'app://bundle/')).toBe(true);
  expect(isPermissionGranted('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
  for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'hid', 'clipboard-read']) {
    expect(isPermissionGranted(permission, 'app://bundle/'), permission).toBe(false);
  }
});

test('only the server paths are forwarded', () => {
  expect(isProxiedPath('/trpc/sync.pull')).toBe(true);
  expect(isProxiedPath('/api/auth/sign-in/email')).toBe(true);
  expect(isProxiedPath('/chunks/abc')).toBe(true);
  for (const path of ['/', '/trpcx', '/api/v1/contact', '/assets/index.js', '/health']) {
    expect(isProxiedPath(path), path).toBe(false);
  }
});

test('a server is https anywhere, plain http only on this machine', () => {
  expect(serverOrigin('https://crm.example.org/some/path')).toBe('https://crm.example.org');
  expect(serverOrigin('http://127.0.0.1:4600')).toBe('http://127.0.0.1:4600');
  expect(serverOrigin('http://localhost:1')).toBe('http://localhost:1');
  for (const url of [
    'http://crm.example.org',
    'http://127.0.0.1.evil.example',
    'https://u:p@crm.example.org',
    'ftp://x',
    '',
  ]) {
    expect(serverOrigin(url), url).toBeNull();
  }
});
