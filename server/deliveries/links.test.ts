import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLinks } from './links.ts';

const links = createLinks('secret', 'https://mail.example');
const ref = { contactId: 4_294_967_295, rowId: 17 };
const tokenOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

test('reads back what it signed', () => {
  expect(links.pixelUrl(ref)).toMatch(/^https:\/\/mail\.example\/o\/[\w-]+\.[\w-]{22}$/);
  expect(links.readOpen(tokenOf(links.pixelUrl(ref)))).toEqual(ref);
  expect(links.readUnsubscribe(tokenOf(links.unsubscribeUrl(ref)))).toEqual(ref);
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (target) => {
      expect(links.readClick(tokenOf(links.clickUrl(ref, target)))).toEqual({ ref, target });
    }),
  );
});

test('a token of one kind, or of another server, is worth nothing as another', () => {
  const open = tokenOf(links.pixelUrl(ref));
  expect(links.readUnsubscribe(open)).toBeNull();
  expect(links.readClick(open)).toBeNull();
  expect(links.readProbe(open)).toBeNull();
  expect(links.readUnsubscribe(tokenOf(links.probe().url))).toBeNull();
  expect(createLinks('other', 'https://mail.example').readOpen(open)).toBeNull();
});

test('a changed token is refused, whatever was changed', () => {
  const token = tokenOf(links.clickUrl(ref, 'https://shop.example/path'));
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABZaz09-_.'), (at, char) => {
      const changed = token.slice(0, at) + char + token.slice(at + 1);
      // Trailing bits of base64 may differ and still mean the same bytes.
      const read = links.readClick(changed);
      expect(read === null || read.target === 'https://shop.example/path').toBe(true);
    }),
    { numRuns: 500 },
  );
  for (const bad of ['', '.', 'a', 'a.b', `${token}.x`, `.${token}`, 'a'.repeat(10_000)])
    expect(links.readClick(bad)).toBeNull();
});

test('a target that is not a web address is refused even when signed', () => {
  expect(links.readClick(tokenOf(links.clickUrl(ref, 'javascript:alert(1)')))).toBeNull();
});

test('only this server knows the answer to its probe', () => {
  const { url, answer } = links.probe();
  expect(links.readProbe(tokenOf(url))).toBe(answer);
  expect(url).not.toContain(answer);
  expect(createLinks('other', 'https://mail.example').readProbe(tokenOf(url))).toBeNull();
});
