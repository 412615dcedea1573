import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { afterAll, expect, test } from 'vitest';
import { openSecretFile } from './secret-file.ts';
import { openSettings } from './settings-file.ts';
import { createTokenStore } from './token-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The part of safeStorage that is used, over a reversible byte change. */
const storage = (backend: string, available = true) =>
  ({
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => Buffer.from(text).map((byte) => byte ^ 0x5a),
    decryptString: (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString(),
  }) as unknown as SafeStorage;

test('the token is kept encrypted and found again', () => {
  const file = join(folder, 'a.bin');
  const open = () => createTokenStore(openSecretFile(file, storage('gnome_libsecret')));
  const first = open();
  first.set('secret-token');
  expect(readFileSync(file).includes('secret-token')).toBe(false);
  expect(open().get()).toBe('secret-token');
  first.set(null);
  expect(existsSync(file)).toBe(false);
});

const closed: [string, SafeStorage][] = [
  ['no key chain', storage('gnome_libsecret', false)],
  ...(process.platform === 'linux'
    ? [
        ['a plain-text back end', storage('basic_text')] satisfies [string, SafeStorage],
        ['a back end not known yet', storage('unknown')] satisfies [string, SafeStorage],
      ]
    : []),
];
test.each(closed)('with %s nothing is written or read', (_name, chain) => {
  const file = join(folder, 'b.bin');
  const secret = openSecretFile(file, chain);
  const store = createTokenStore(secret);
  store.set('secret-token');
  expect(secret.available).toBe(false);
  expect(store.get()).toBe('secret-token');
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, 'left by an earlier start');
  expect(openSecretFile(file, chain).read()).toBeNull();
  rmSync(file);
});

test('settings survive, and a damaged file means defaults', () => {
  const file = join(folder, 'desktop.json');
  openSettings(file).update({ server: 'https://crm.example.org' });
  expect(openSettings(file).get().server).toBe('https://crm.example.org');
  writeFileSync(file, '{"window": 12');
  expect(openSettings(file).get()).toEqual({});
});
