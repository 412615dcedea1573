import { expect, test } from 'vitest';
import { isLoopback, readSmtpUrl } from './smtp-settings.ts';

test('reads host, port, account and options', () => {
  const settings = readSmtpUrl(
    'smtps://us%40er:p%3Aw@mail.example.org:465?maxConnections=3&rateLimit=5&tls.rejectUnauthorized=false',
  );
  expect(settings).toMatchObject({
    host: 'mail.example.org',
    auth: { user: 'us@er', pass: 'p:w' },
    maxConnections: 3,
    maxMessages: 100,
    rate: { limit: 5, perMs: 1000 },
    loopback: false,
    connection: { host: 'mail.example.org', port: 465, secure: true, tls: { rejectUnauthorized: false } },
  });
  expect(readSmtpUrl('smtp://localhost')).toMatchObject({ auth: null, rate: null, loopback: true, maxConnections: 10 });
});

test.each(['smtp://', 'http://x', 'smtp://x?maxConnections=0', 'smtp://x?maxConnections=many'])(
  'refuses %s in words',
  (url) => {
    expect(() => readSmtpUrl(url)).toThrow(/^MUSTER_SMTP_URL/);
  },
);

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['[::1]', true],
  ['localhost', true],
  ['mail.localhost', true],
  ['10.0.0.1', false],
  ['127.0.0.1.example.org', false],
  ['localhost.example.org', false],
])('loopback: %s is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
