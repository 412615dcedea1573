import { expect, test } from 'vitest';
import { describeForLog, redact } from './redact.ts';

test.each([
  ['Bearer eyJhbGciOiJIUzI1NiJ9.abc', 'eyJ'],
  ['set-cookie: muster.session_token=q1w2e3r4; Path=/', 'q1w2'],
  ['authorization=abc123', 'abc123'],
  ['sent to anna.kovalenko+shop@пошта.example.org now', 'kovalenko'],
  ['called +380 67 123 45 67 twice', '123'],
  ['number 380671234567', '380671234567'],
  ['GET https://crm.example.org/contacts?search=Kovalenko failed', 'Kovalenko'],
  ['postgresql://muster:hunter22@127.0.0.1:5432/muster', 'hunter22'],
  ['Unexpected token \'K\', "Anna Kovalenko" is not valid JSON', 'Kovalenko'],
  ['key of `Anna Kovalenko`', 'Kovalenko'],
  ['token pM3xV7kQ9sT2uW5yZ8aB1cD4eF6gH0jK', 'pM3x'],
  ['vault 3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '3q2'],
  ['The set-up screen asks for this code: AB2C-9XYZ', 'AB2C'],
])('not written down: %s', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

test('what helps to find a fault stays', () => {
  expect(redact('listen EADDRINUSE: address already in use 127.0.0.1:4600')).toBe(
    'listen EADDRINUSE: address already in use 127.0.0.1:4600',
  );
  expect(redact('document 0198c7a2-1b2c-7d3e-8f40-123456789abc was refused')).toContain('0198c7a2-1b2c-7d3e-8f40');
  expect(redact('GET https://crm.example.org/trpc/sync.pull failed')).toContain('crm.example.org/trpc/sync.pull');
});

test('an error keeps its kind, code and places, not the values it names', () => {
  const error = Object.assign(new TypeError('cannot store "Anna" for anna@example.org'), { code: 'EIO' });
  const kept = describeForLog(error);
  expect(kept).toMatchObject({ name: 'TypeError', code: 'EIO', message: 'cannot store "…" for …' });
  expect(kept.stack?.[0]).toContain('redact.test.ts');
  expect(JSON.stringify(kept)).not.toContain('anna');
  expect(describeForLog('thrown "Anna"')).toEqual({ message: 'thrown "…"' });
});
