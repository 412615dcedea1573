import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, storableText } from './fold.ts';

test('folding is idempotent for every text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
    { numRuns: 2000 },
  );
});

test('compatible forms and cases meet', () => {
  expect(fold('ＡＢＣ')).toBe('abc');
  expect(fold('Ünïcode')).toBe(fold('Ünïcode'.normalize('NFD')));
  expect(fold('Київ')).toBe('київ');
});

test('text that PostgreSQL cannot store is made storable', () => {
  expect(storableText('a\u0000b')).toBe('a\uFFFDb');
  expect(storableText('\uD800x')).toBe('\uFFFDx');
});

test('every single code point folds to something that folds to itself', () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const once = fold(String.fromCodePoint(point));
    if (fold(once) !== once) expect.fail(`U+${point.toString(16)}`);
  }
});
