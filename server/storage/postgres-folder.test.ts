import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDataFolder } from './postgres-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the data folder is made with those above it; making it again changes nothing', async () => {
  const path = join(folder, 'a', 'b', 'c');
  await makeDataFolder(path, null);
  await makeDataFolder(path, null);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file in the way is said', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(makeDataFolder(join(folder, 'file'), null)).rejects.toThrow(/^MUSTER_DATA_DIR: .*file cannot be made/);
  await expect(makeDataFolder(join(folder, 'file', 'below'), null)).rejects.toThrow(/cannot be made/);
});

test.runIf(process.platform === 'linux')('a place where no folder can be made is said at once', async () => {
  await expect(makeDataFolder('/proc/muster/data', null)).rejects.toThrow(/^MUSTER_DATA_DIR: .* cannot be made/);
});
