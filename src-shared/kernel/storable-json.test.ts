import { expect, test } from 'vitest';
import { storableJson } from './storable-json.ts';

test('U+0000 and lone surrogates are replaced wherever they are; everything else stays', () => {
  expect(storableJson({ 'a\u0000': ['b\u0000', { c: '\ud800x' }], d: 1, e: null })).toBe(
    '{"a\uFFFD":["b\uFFFD",{"c":"\uFFFDx"}],"d":1,"e":null}',
  );
  expect(storableJson({ text: '\\u0000 😀' })).toBe('{"text":"\\\\u0000 😀"}');
  expect(storableJson(undefined)).toBe('null');
});
