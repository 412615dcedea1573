import { expect, test } from 'vitest';
import { previewDocument } from './preview-document.ts';

test("the frame's own rules stand before anything the author wrote", () => {
  const page = previewDocument(
    '<!DOCTYPE html>\n<html><head><meta http-equiv="Content-Security-Policy" content="default-src *">',
  );
  expect(
    page.startsWith('<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src \'none\';'),
  ).toBe(true);
  expect(page.match(/<!doctype/gi)).toHaveLength(1);
  expect(page).not.toContain("script-src 'unsafe");
});

test('a dark mailbox gets the colours the author made for it, a light one never', () => {
  const html = '<style>@media (prefers-color-scheme: dark) { a { color: red } }</style>';
  expect(previewDocument(html, 'dark')).toContain('@media (min-width: 0) {');
  expect(previewDocument(html, 'light')).toContain('@media (max-width: 0) {');
});
