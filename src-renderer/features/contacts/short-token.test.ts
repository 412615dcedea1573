import { expect, test } from 'vitest';
import { shortToken } from './short-token.ts';

test('short values stay whole, long ones keep their beginning and end, signs are never cut in two', () => {
  expect(shortToken('L-2211')).toBe('L-2211');
  expect(shortToken('x'.repeat(24))).toBe('x'.repeat(24));
  expect(shortToken(`fcm:abcdefgh${'0'.repeat(140)}uvwxyz`)).toBe('fcm:abcdefgh…uvwxyz');
  expect(shortToken('😀'.repeat(30))).toBe(`${'😀'.repeat(12)}…${'😀'.repeat(6)}`);
});
