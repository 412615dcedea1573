import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('without any variable the documented defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    port: 4600,
    host: '127.0.0.1',
    dataDir: join(import.meta.dirname, '..', '..', '.muster'),
    databaseUrl: null,
    role: 'all',
    adminEmail: null,
    adminPassword: null,
    timeZone: 'UTC',
    smtpUrl: null,
    publicUrl: 'http://127.0.0.1:4600',
    open: true,
  });
  expect(readConfig({}).version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('every variable is read', () => {
  const config = readConfig({
    MUSTER_PORT: '8080',
    MUSTER_HOST: '0.0.0.0',
    MUSTER_DATA_DIR: '/srv/muster',
    MUSTER_DATABASE_URL: 'postgresql://a:b@db:5432/c',
    MUSTER_ROLE: 'worker',
    MUSTER_ADMIN_EMAIL: 'admin@example.com',
    MUSTER_ADMIN_PASSWORD: 'correct horse',
    MUSTER_TIME_ZONE: 'Europe/Kyiv',
    MUSTER_DEFAULT_REGION: 'ua',
    MUSTER_SMTP_URL: 'smtp://mail:587',
    MUSTER_PUBLIC_URL: 'https://crm.example.com/',
    MUSTER_NO_OPEN: '1',
  });
  expect(config).toMatchObject({
    port: 8080,
    host: '0.0.0.0',
    dataDir: '/srv/muster',
    databaseUrl: 'postgresql://a:b@db:5432/c',
    role: 'worker',
    adminEmail: 'admin@example.com',
    adminPassword: 'correct horse',
    timeZone: 'Europe/Kyiv',
    defaultRegion: 'UA',
    smtpUrl: 'smtp://mail:587',
    publicUrl: 'https://crm.example.com',
    open: false,
  });
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ MUSTER_PORT: '', MUSTER_SMTP_URL: '', MUSTER_PUBLIC_URL: '' })).toEqual(readConfig({}));
});

test('a server on every address is named by loopback', () => {
  expect(readConfig({ MUSTER_HOST: '0.0.0.0' }).publicUrl).toBe('http://127.0.0.1:4600');
  expect(readConfig({ MUSTER_HOST: '::1' }).publicUrl).toBe('http://[::1]:4600');
});

test.each([
  ['MUSTER_PORT', 'eighty'],
  ['MUSTER_PORT', '70000'],
  ['MUSTER_HOST', 'http://localhost'],
  ['MUSTER_DATABASE_URL', 'mysql://localhost/x'],
  ['MUSTER_ROLE', 'boss'],
  ['MUSTER_TIME_ZONE', 'Europe/Atlantis'],
  ['MUSTER_DEFAULT_REGION', 'Ukraine'],
  ['MUSTER_SMTP_URL', 'mail.example.com'],
  ['MUSTER_PUBLIC_URL', 'crm.example.com'],
  ['MUSTER_PUBLIC_URL', 'https://user:secret@crm.example.com'],
  ['MUSTER_PUBLIC_URL', 'https://crm.example.com/?a=1'],
  ['MUSTER_PUBLIC_URL', 'https://crm.example.com/#top'],
  ['MUSTER_NO_OPEN', 'maybe'],
])('%s=%s stops the start by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be`));
});

test('the administrator needs both an address and a password, each of them sound', () => {
  expect(() => readConfig({ MUSTER_ADMIN_EMAIL: 'a@example.com' })).toThrow(/^MUSTER_ADMIN_PASSWORD must be set too/);
  expect(() => readConfig({ MUSTER_ADMIN_PASSWORD: 'correct horse' })).toThrow(/^MUSTER_ADMIN_EMAIL must be set too/);
  expect(() => readConfig({ MUSTER_ADMIN_EMAIL: 'nobody', MUSTER_ADMIN_PASSWORD: 'short' })).toThrow(
    'MUSTER_ADMIN_EMAIL must be an email address; MUSTER_ADMIN_PASSWORD must have at least 10 characters',
  );
});

test('a wrong value is never repeated in the message, because it may be a secret', () => {
  const secret = 'hunter2';
  expect(() => readConfig({ MUSTER_ADMIN_EMAIL: 'a@example.com', MUSTER_ADMIN_PASSWORD: secret })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test('a set-up code from outside opens only a server of this computer alone', () => {
  const code = 'k3J9x-QmTq2VwZr8y_Lp';
  expect(readConfig({})).toMatchObject({ localWorkspace: false, setupCode: null });
  expect(readConfig({ MUSTER_LOCAL_WORKSPACE: '1', MUSTER_SETUP_CODE: code })).toMatchObject({
    localWorkspace: true,
    setupCode: code,
  });
  expect(() => readConfig({ MUSTER_SETUP_CODE: code })).toThrow(/^MUSTER_SETUP_CODE must not be set without/);
  expect(() => readConfig({ MUSTER_LOCAL_WORKSPACE: '1', MUSTER_SETUP_CODE: 'short' })).toThrow(/^MUSTER_SETUP_CODE/);
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'crm.example.org']) {
    const env = { MUSTER_LOCAL_WORKSPACE: '1', MUSTER_HOST: host, MUSTER_SETUP_CODE: code };
    expect(() => readConfig(env), host).toThrow(/^MUSTER_HOST must be 127\.0\.0\.1/);
  }
});

test('several processes need a database they can share', () => {
  expect(() => readConfig({ MUSTER_ROLE: 'api' })).toThrow(/^MUSTER_ROLE must be all without MUSTER_DATABASE_URL/);
  expect(readConfig({ MUSTER_ROLE: 'all' }).role).toBe('all');
});
