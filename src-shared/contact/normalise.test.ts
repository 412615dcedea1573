import { expect, test } from 'vitest';
import { normaliseContact, normaliseEmail, normalisePhone } from './normalise.ts';

test('emails are trimmed and checked, phones become E.164', () => {
  expect(normaliseEmail(' Ann@Example.ORG ')).toBe('Ann@Example.ORG');
  expect(normaliseEmail('пошта@приклад.укр')).toBe('пошта@приклад.укр');
  for (const text of ['ann', 'ann@', 'a b@c.de', 'ann@localhost', 'ann@x..de', '<ann@x.de>'])
    expect(normaliseEmail(text)).toBeNull();
  expect(normalisePhone('+38 (050) 123-45-67')).toBe('+380501234567');
  expect(normalisePhone('0038050 1234567')).toBe('+380501234567');
  expect(normalisePhone('33611111111')).toBe('+33611111111');
  expect(normalisePhone('0600000000')).toBeNull();
  expect(normalisePhone('0600000000', 'France')).toBe('+33600000000');
  expect(normalisePhone('078 4515 7520', 'United Kingdom')).toBe('+447845157520');
  expect(normalisePhone('call me', 'GB')).toBeNull();
});

test('empty text is not given, null clears, U+0000 never gets through, a bad value names its field', () => {
  expect(normaliseContact({ firstName: '  ', lastName: null, town: ' Lviv\u0000 ' })).toEqual({
    ok: true,
    value: { lastName: null, town: 'Lviv\uFFFD' },
  });
  expect(normaliseContact({ email: 'nobody' })).toMatchObject({ ok: false, error: { field: 'email' } });
  expect(normaliseContact({ timeZone: 'Mars/Base' })).toMatchObject({ ok: false, error: { field: 'timeZone' } });
  expect(normaliseContact({ address: 'x'.repeat(501) })).toMatchObject({ ok: false, error: { field: 'address' } });
});
