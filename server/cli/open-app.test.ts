import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { electronBinary, plan } from './open-app.mjs';

const url = 'http://127.0.0.1:4600';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-open-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The package `electron` after its binary was fetched. */
async function withBinary(): Promise<string> {
  const name = join(folder, 'electron');
  await mkdir(join(name, 'dist'), { recursive: true });
  await writeFile(join(name, 'path.txt'), 'electron');
  await writeFile(join(name, 'dist', 'electron'), '');
  return name;
}

test('MUSTER_NO_OPEN=1 opens nothing, whatever is there, and tells the address', async () => {
  const found = plan({ MUSTER_NO_OPEN: '1', DISPLAY: ':0', PATH: process.env.PATH }, url, await withBinary());
  expect(found).toEqual({ kind: 'tell', line: `Open the app in a browser: ${url}` });
});

test('without a binary: one line that says how to get it, and the address', () => {
  const found = plan({ PATH: folder }, url, join(folder, 'nothing'), { platform: 'linux', root: false });
  expect(found).toEqual({
    kind: 'tell',
    line: `There is no Electron binary here (npx install-electron gets it); the same app is in your browser at ${url}`,
  });
});

test('a browser is opened where the desktop has an opener', async () => {
  const opener = join(folder, 'xdg-open');
  await writeFile(opener, '#!/bin/sh\n');
  await chmod(opener, 0o755);
  const host = { platform: 'linux', root: false } as const;
  expect(plan({ PATH: folder, DISPLAY: ':0' }, url, join(folder, 'nothing'), host)).toMatchObject({
    kind: 'browser',
    command: ['xdg-open', url],
  });
  expect(plan({ PATH: folder }, url, join(folder, 'nothing'), host).kind).toBe('tell');
});

test('with a binary the desktop app is opened, but not without a display and not as root', async () => {
  const electron = await withBinary();
  const env = { PATH: folder, DISPLAY: ':0' };
  expect(plan(env, url, electron, { platform: 'linux', root: false })).toMatchObject({
    kind: 'desktop',
    command: [join(electron, 'dist', 'electron'), expect.any(String)],
  });
  expect(plan({ PATH: folder }, url, electron, { platform: 'linux', root: false }).line).toMatch(
    /^There is no display here; /,
  );
  expect(plan(env, url, electron, { platform: 'linux', root: true }).line).toMatch(
    /^The desktop app does not run as root; /,
  );
  expect(plan({ PATH: folder }, url, electron, { platform: 'darwin', root: false }).kind).toBe('desktop');
});

test('the binary is found where Electron itself would look', async () => {
  const electron = await withBinary();
  expect(electronBinary({}, electron)).toBe(join(electron, 'dist', 'electron'));
  expect(electronBinary({ ELECTRON_OVERRIDE_DIST_PATH: join(electron, 'dist') }, join(folder, 'nothing'))).toBe(
    join(electron, 'dist', 'electron'),
  );
  const own = join(folder, 'my-electron');
  await writeFile(own, '');
  expect(electronBinary({ ELECTRON_EXEC_PATH: own }, electron)).toBe(own);
  expect(electronBinary({ ELECTRON_EXEC_PATH: join(folder, 'gone') }, join(folder, 'nothing'))).toBeNull();
});
