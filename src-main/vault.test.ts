import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { afterAll, expect, test } from 'vitest';
import { openSecretFile } from './secret-file.ts';
import { isProxiedPath } from './security.ts';
import { createVault, VAULT_PATH } from './vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-vault-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'vault.bin');

const storage = (available: boolean) =>
  ({
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptString: (text: string) => Buffer.from(text).map((byte) => byte ^ 0x5a),
    decryptString: (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString(),
  }) as unknown as SafeStorage;
const vault = (available = true) => createVault(openSecretFile(file, storage(available)));

// Node's own Request refuses to set some of the headers a browser sends.
const ask = (method = 'POST', headers: Record<string, string> = {}) => {
  const request = new Request(`http://bundle${VAULT_PATH}`, { method });
  Object.defineProperty(request, 'headers', { value: new Headers(headers) });
  return request;
};
const keyOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer()).toString('hex');

test('the key is 32 bytes, made once, the same after a restart, and encrypted on the disk', async () => {
  const first = await vault()(ask());
  expect(first.headers.get('content-type')).toBe('application/octet-stream');
  expect(first.headers.get('cache-control')).toBe('no-store');
  const key = await keyOf(first);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await keyOf(await vault()(ask()))).toBe(key);
  const disk = readFileSync(file);
  expect(disk.includes(Buffer.from(key, 'hex'))).toBe(false);
  expect(disk.includes(Buffer.from(key, 'hex').toString('base64'))).toBe(false);
});

test('a deleted key never comes back', async () => {
  const before = await keyOf(await vault()(ask()));
  expect((await vault()(ask('DELETE'))).status).toBe(204);
  expect(existsSync(file)).toBe(false);
  expect(await keyOf(await vault()(ask()))).not.toBe(before);
});

test.each([
  ['a key chain that refuses', Buffer.from('not what this key chain wrote')],
  ['a key cut short', Buffer.from('c2hvcnQ=').map((byte) => byte ^ 0x5a)],
])('with %s there is no new key: the old one may come back', async (_name, bytes) => {
  writeFileSync(file, bytes);
  const answer = await vault()(ask());
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'not_ready' });
  expect(readFileSync(file)).toEqual(bytes);
  await vault()(ask('DELETE'));
  expect(await keyOf(await vault()(ask()))).toMatch(/^[0-9a-f]{64}$/);
});

test('without a key chain it is refused by code, and nothing is written', async () => {
  rmSync(file, { force: true });
  const answer = await vault(false)(ask());
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'not_ready' });
  expect(existsSync(file)).toBe(false);
});

test('only the app’s own origin may ask, and only by POST or DELETE', async () => {
  expect((await vault()(ask('POST', { origin: 'app://bundle', 'sec-fetch-site': 'same-origin' }))).status).toBe(200);
  const foreign: Record<string, string>[] = [
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'app://bundle.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign) {
    for (const method of ['POST', 'DELETE']) {
      expect((await vault()(ask(method, headers))).status, JSON.stringify(headers)).toBe(403);
    }
  }
  expect((await vault()(ask('GET'))).status).toBe(405);
  expect(existsSync(file)).toBe(true);
});

test('it is never forwarded to the server', () => {
  expect(isProxiedPath(VAULT_PATH)).toBe(false);
});
