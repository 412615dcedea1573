import { expect, test } from 'vitest';
import { normaliseContact, normaliseEmail, normalisePhone } from './normalise.ts';

test('emails are trimmed and checked, phones become E.164', () => {
  expect(normaliseEmail(' Ann@Example.ORG ')).toBe('Ann@Example.ORG');
  expect(normaliseEmail('пошта@приклад.укр')).toBe('пошта@приклад.укр');
  for (const text of ['ann', 'ann@', 'a b@c.de', 'ann@localhost', 'ann@x..de', '<ann@x.de>'])
    expect(normaliseEmail(text)).toBeNull();
  expect(normalisePhone('+38 (050) 123-45-67', null)).toBe('+380501234567');
  expect(normalisePhone('0038050 1234567', null)).toBe('+380501234567');
  expect(normalisePhone('33611111111', null)).toBe('+33611111111');
  expect(normalisePhone('0600000000', null)).toBeNull();
  expect(normalisePhone('0600000000', 'France')).toBe('+33600000000');
  expect(normalisePhone('078 4515 7520', 'United Kingdom')).toBe('+447845157520');
  expect(normalisePhone('call me', 'GB')).toBeNull();
});

test('empty text is not given, null clears, U+0000 never gets through, a bad value names its field', () => {
  expect(normaliseContact({ firstName: '  ', lastName: null, town: ' Lviv\u0000 ' }, null)).toEqual({
    ok: true,
    value: { lastName: null, town: 'Lviv\uFFFD' },
  });
  expect(normaliseContact({ email: 'nobody' }, null)).toMatchObject({ ok: false, error: { field: 'email' } });
  expect(normaliseContact({ timeZone: 'Mars/Base' }, null)).toMatchObject({ ok: false, error: { field: 'timeZone' } });
  expect(normaliseContact({ address: 'x'.repeat(501) }, null)).toMatchObject({
    ok: false,
    error: { field: 'address' },
  });
});

test('the region is that of the contact, else the one that is meant where none is known', () => {
  expect(normaliseContact({ phone: '067 123 45 67' }, 'UA')).toEqual({ ok: true, value: { phone: '+380671234567' } });
  expect(normaliseContact({ phone: '020 7946 0018', country: 'GB' }, 'UA')).toMatchObject({
    ok: true,
    value: { phone: '+442079460018' },
  });
  expect(normaliseContact({ phone: '067 123 45 67' }, null)).toMatchObject({ ok: false, error: { field: 'phone' } });
  // A whole number means the same everywhere, with its plus or without.
  expect(normalisePhone('+44 20 7946 0018', 'UA')).toBe('+442079460018');
  expect(normalisePhone('442079460018', 'UA')).toBe('+442079460018');
});
