import { expect, test } from 'vitest';
import { allowsHost, parseDomain, siteSchema, siteSnippet } from './site.schema.ts';

const site = { name: 'Shop', domains: ['shop.example.com'], consent: 'none', ignoredAddresses: [], createdAt: 1 };

test('a host is allowed with what lies below it, and nothing that only looks alike', () => {
  const allowed = (host: string) => allowsHost({ domains: ['example.com'] }, host);
  expect(allowed('example.com')).toBe(true);
  expect(allowed('www.EXAMPLE.com')).toBe(true);
  expect(allowed('badexample.com')).toBe(false);
  expect(allowed('example.com.evil.test')).toBe(false);
  expect(allowsHost({ domains: [] }, 'example.com')).toBe(false);
});

test.each([
  ['https://Shop.Example.com/cart?x=1', 'shop.example.com'],
  ['shop.example.com:8080', 'shop.example.com'],
  ['localhost:3000', 'localhost'],
  ['http://127.0.0.1:3000/', '127.0.0.1'],
  ['no host', null],
  ['', null],
])('the host of %j is %j', (given, expected) => {
  expect(parseDomain(given)).toBe(expected);
});

test.each([
  ['192.0.2.7', true],
  ['192.0.2.0/24', true],
  ['2001:db8::/32', true],
  ['192.0.2.0/33', false],
  ['192.0.2.0/24/1', false],
  ['office', false],
])('%j as an ignored address: %j', (given, expected) => {
  expect(siteSchema.safeParse({ ...site, ignoredAddresses: [given] }).success).toBe(expected);
});

test('the snippet names the script of its site', () => {
  expect(siteSnippet('https://muster.example.com/', 'abc')).toContain("'https://muster.example.com/site/abc.js'");
});
