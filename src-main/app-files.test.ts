import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { appFile } from './app-files.ts';
import { CONTENT_SECURITY_POLICY } from './security.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-files-'));
const root = join(folder, 'renderer');
mkdirSync(join(root, 'assets'), { recursive: true });
writeFileSync(join(root, 'index.html'), '<h1>app</h1>');
writeFileSync(join(root, 'assets', 'a.js'), 'export {}');
writeFileSync(join(folder, 'secret.txt'), 'secret');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('files come with their type and the policy', async () => {
  const answer = await appFile(root, '/assets/a.js');
  expect(answer.headers.get('content-type')).toContain('text/javascript');
  expect(answer.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await answer.text()).toBe('export {}');
});

test('a screen of the app answers the page', async () => {
  expect(await (await appFile(root, '/contacts/17')).text()).toBe('<h1>app</h1>');
});

test.each(['/../secret.txt', '/..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt', '/../renderer-evil/x.js'])(
  'nothing outside the app is read: %s',
  async (path) => {
    const answer = await appFile(root, path);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('secret');
  },
);

test('malformed paths and missing files say so', async () => {
  expect((await appFile(root, '/%zz')).status).toBe(400);
  expect((await appFile(root, '/a%00.js')).status).toBe(400);
  expect((await appFile(root, '/assets/missing.js')).status).toBe(404);
});
