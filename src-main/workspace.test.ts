import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { LocalServer } from './local-server.ts';
import { openSettings } from './settings-file.ts';
import { createWorkspace } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-workspace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function setUp(fixed: string | null = null) {
  const settings = openSettings(join(folder, `${files++}.json`));
  const tokens = { set: vi.fn() };
  let running = false;
  const local: LocalServer = {
    start: vi.fn(async () => {
      running = true;
      return true;
    }),
    stop: vi.fn(async () => {
      running = false;
    }),
    url: () => (running ? 'http://127.0.0.1:4711' : null),
    state: () => (running ? 'running' : 'stopped'),
    problem: () => null,
    setupCode: () => (running ? 'code-of-this-start' : null),
  };
  return { settings, tokens, local, workspace: createWorkspace({ fixed, settings, tokens, local }) };
}

test('before anybody chose there is no mode, and nothing is started', async () => {
  const { workspace, local } = setUp();
  await workspace.resume();
  expect(workspace.get()).toMatchObject({ mode: 'none', local: 'stopped', setupCode: null });
  expect(local.start).not.toHaveBeenCalled();
});

test('the local workspace is chosen once and comes back with the next start', async () => {
  const { workspace, settings, local } = setUp();
  expect(await workspace.useLocal()).toMatchObject({
    mode: 'local',
    local: 'running',
    setupCode: 'code-of-this-start',
  });
  expect(workspace.origin()).toBe('http://127.0.0.1:4711');
  const next = createWorkspace({ fixed: null, settings, tokens: { set: vi.fn() }, local });
  await local.stop();
  expect(next.origin()).toBeNull();
  await next.resume();
  expect(next.origin()).toBe('http://127.0.0.1:4711');
});

test('the token goes with the server that gave it, and stays with the same one', async () => {
  const { workspace, tokens } = setUp();
  await workspace.useServer('https://crm.example.org/path');
  expect(tokens.set).toHaveBeenCalledTimes(1);
  await workspace.useServer('https://crm.example.org');
  expect(tokens.set).toHaveBeenCalledTimes(1);
  await workspace.useLocal();
  await workspace.useLocal();
  expect(tokens.set).toHaveBeenCalledTimes(2);
  await workspace.useServer('https://crm.example.org');
  expect(tokens.set).toHaveBeenCalledTimes(3);
  expect(tokens.set).toHaveBeenLastCalledWith(null);
});

test('another server ends the one on this computer; its set-up code is nobody’s any more', async () => {
  const { workspace, local } = setUp();
  await workspace.useLocal();
  expect(await workspace.useServer('https://crm.example.org')).toMatchObject({
    mode: 'server',
    url: 'https://crm.example.org',
    setupCode: null,
  });
  expect(local.stop).toHaveBeenCalled();
  expect(workspace.origin()).toBe('https://crm.example.org');
});

test('an address that is not safe is refused in words and changes nothing', async () => {
  const { workspace } = setUp();
  await workspace.useLocal();
  const answer = await workspace.useServer('http://crm.example.org');
  expect(answer).toMatchObject({ mode: 'local', problem: expect.stringContaining('https') });
});

test('a server named by the environment is not to be chosen', async () => {
  const { workspace, tokens, local } = setUp('http://127.0.0.1:4600');
  await workspace.useLocal();
  await workspace.useServer('https://crm.example.org');
  expect(workspace.get()).toMatchObject({ mode: 'fixed', url: 'http://127.0.0.1:4600', setupCode: null });
  expect(local.start).not.toHaveBeenCalled();
  expect(tokens.set).not.toHaveBeenCalled();
});
