import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { afterAll, expect, test } from 'vitest';
import { openSettings } from './settings-file.ts';
import { createTokenStore } from './token-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The part of safeStorage that is used, over a reversible byte change. */
const storage = (backend: string) =>
  ({
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => Buffer.from(text).map((byte) => byte ^ 0x5a),
    decryptString: (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString(),
  }) as unknown as SafeStorage;

test('the token is kept encrypted and found again', () => {
  const file = join(folder, 'a.bin');
  const first = createTokenStore(file, storage('gnome_libsecret'));
  first.set('secret-token');
  expect(readFileSync(file).includes('secret-token')).toBe(false);
  expect(createTokenStore(file, storage('gnome_libsecret')).get()).toBe('secret-token');
  first.set(null);
  expect(existsSync(file)).toBe(false);
});

test.runIf(process.platform === 'linux')('without a key ring nothing is written', () => {
  const file = join(folder, 'b.bin');
  const store = createTokenStore(file, storage('basic_text'));
  store.set('secret-token');
  expect(store.persistent).toBe(false);
  expect(store.get()).toBe('secret-token');
  expect(existsSync(file)).toBe(false);
});

test('settings survive, and a damaged file means defaults', () => {
  const file = join(folder, 'desktop.json');
  openSettings(file).update({ server: 'https://crm.example.org' });
  expect(openSettings(file).get().server).toBe('https://crm.example.org');
  writeFileSync(file, '{"window": 12');
  expect(openSettings(file).get()).toEqual({});
});
