import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { afterEach, expect, test, vi } from 'vitest';
import { DEEP_LINK_SCHEME } from '#shared/desktop/deep-link.ts';
import packaging, { pageOnly } from '../../resources/packaging/electron-builder.ts';

const root = join(import.meta.dirname, '../..');
const quiet = { isEnabled: false, add: () => undefined } as unknown as Parameters<typeof validateConfiguration>[1];
const read = (path: string) => readFileSync(join(root, path), 'utf8');
afterEach(() => vi.unstubAllEnvs());

test('electron-builder’s own schema accepts the configuration, and refuses a wrong one', async () => {
  await validateConfiguration(packaging, quiet);
  const wrong = { ...packaging, electronFuses: { ...packaging.electronFuses, runAsNoed: false } };
  await expect(validateConfiguration(wrong, quiet)).rejects.toThrow(/electronFuses/);
});

test('every system gets its packages', () => {
  expect(packaging).toMatchObject({
    linux: { target: ['AppImage', 'deb'] },
    mac: { target: ['dmg', 'zip'], hardenedRuntime: true },
    win: { target: ['nsis'] },
    asar: true,
    protocols: [{ schemes: [DEEP_LINK_SCHEME] }],
  });
});

test('a signed Mac app may do what Chromium and PostgreSQL need, and no more', () => {
  const { entitlements, entitlementsInherit } = packaging.mac ?? {};
  expect(entitlementsInherit).toBe(entitlements);
  const granted = [...read(entitlements ?? '').matchAll(/<key>([^<]+)<\/key>/g)].map(([, key]) => key);
  expect(granted).toEqual(['com.apple.security.cs.allow-jit', 'com.apple.security.cs.disable-library-validation']);
});

test('newer versions are looked for only where the packager named a place', async () => {
  expect(packaging.publish).toBeNull();
  vi.stubEnv('MUSTER_UPDATE_FEED', 'https://updates.example.org/muster');
  vi.resetModules();
  const { default: withFeed } = await import('../../resources/packaging/electron-builder.ts');
  expect(withFeed.publish).toEqual([{ provider: 'generic', url: 'https://updates.example.org/muster' }]);
  await validateConfiguration(withFeed, quiet);
});

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && /\.(ts|mjs)$/.test(entry.name) && !entry.name.includes('.test.'))
      yield readFileSync(join(entry.parentPath, entry.name), 'utf8');
  }
}
const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

test('what is left out of the package is used by neither server nor main, nor by anything these use', () => {
  const lock: Record<string, { dependencies?: Record<string, string> }> = JSON.parse(
    read('package-lock.json'),
  ).packages;
  const wanted = ['server', 'src-shared', 'src-main'].flatMap((folder) =>
    [...sources(folder)].flatMap((text) =>
      [...text.matchAll(/(?:from|import)\s*\(?'([^'.#][^']*)'/g)].map(([, specifier = '']) => packageOf(specifier)),
    ),
  );
  const reached = new Set<string>();
  const queue = wanted.filter((name) => `node_modules/${name}` in lock);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...Object.keys(lock[`node_modules/${name}`]?.dependencies ?? {}));
  }
  expect(reached.size).toBeGreaterThan(50);
  expect([...reached]).toEqual(expect.arrayContaining(['pg', 'fastify', 'zod', 'electron-updater']));
  const leftOut = (name: string) => pageOnly.some((out) => name === out || name.startsWith(`${out}/`));
  expect([...reached].filter(leftOut)).toEqual([]);
});
