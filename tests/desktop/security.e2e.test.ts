import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import packaging from '../../resources/packaging/electron-builder.ts';
import { type DesktopApp, startDesktop } from './desktop-app.ts';
import { app } from './fake-electron.ts';
import { fake } from './fake-state.ts';

/*
 * Electron's security checklist, item by item and in its order, on the built main process and preload. The table in
 * ARCHITECTURE.md names these tests; a title begins with the item's number.
 */

const root = join(import.meta.dirname, '../..');
let desktop: DesktopApp;
const requested: string[] = [];

beforeAll(async () => {
  // Nobody listens there: the page has nothing but what main serves it.
  desktop = await startDesktop('http://127.0.0.1:1');
  fake.context?.on('request', (request) => requested.push(request.url()));
  await desktop.page.reload();
  await desktop.page.getByLabel('Email').waitFor();
});
afterAll(() => desktop?.dispose());

const preferences = () => desktop.window.options.webPreferences;

/** Compiles text as the page's own code would: what the debugger evaluates at once is let off that rule. */
const compileInPage = (): Promise<string> =>
  desktop.page.evaluate(
    () =>
      new Promise<string>((done) => {
        setTimeout(() => {
          try {
            done(`compiled ${Reflect.construct(Function, ['return 1'])()}`);
          } catch (error) {
            done(String(error));
          }
        });
      }),
  );

test('[SEC-1] everything the page loads comes from the app itself, and a server is reached over https only', async () => {
  const own = new URL(desktop.page.url()).origin;
  expect(requested.length).toBeGreaterThan(3);
  expect(requested.filter((url) => !url.startsWith(`${own}/`) && !/^(data|blob):/.test(url))).toEqual([]);
  expect(readFileSync(join(root, 'out/renderer/index.html'), 'utf8')).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('[SEC-2] no Node reaches a page, a frame or a worker', async () => {
  expect(preferences()).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
  });
  const leaks = await desktop.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
  );
  expect(leaks).toEqual([]);
});

test('[SEC-3] the page has a world of its own and cannot change the bridge', async () => {
  expect(preferences().contextIsolation).toBe(true);
  const changed = await desktop.page.evaluate(() => {
    const bridge = (globalThis as unknown as { desktop: Record<string, unknown> }).desktop;
    const before = bridge.invoke;
    try {
      bridge.invoke = () => 'mine';
    } catch {
      // Strict code is told, sloppy code is not: what counts is what stands there afterwards.
      return bridge.invoke !== before;
    }
    return bridge.invoke !== before;
  });
  expect(changed).toBe(false);
});

test('[SEC-4] the page’s process is sandboxed, and its preload needs nothing a sandbox forbids', () => {
  expect(preferences().sandbox).toBe(true);
  const preload = readFileSync(preferences().preload, 'utf8');
  const required = [...preload.matchAll(/\brequire\(\s*["'`]([^"'`]+)/g)].map(([, name]) => name);
  expect(required).toEqual(['electron']);
});

test('[SEC-5] permissions are denied unless named, for any origin but ours, and for every device', () => {
  const answers: boolean[] = [];
  const ask = (permission: string, requestingUrl: string) =>
    fake.permissionRequest?.(null, permission, (ok) => answers.push(ok), { requestingUrl });
  for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'fileSystem', 'usb']) {
    ask(permission, 'app://bundle/');
  }
  ask('clipboard-sanitized-write', 'https://evil.example/');
  ask('clipboard-sanitized-write', 'app://bundle/');
  expect(answers).toEqual([false, false, false, false, false, false, false, true]);
  expect(fake.permissionCheck?.(null, 'geolocation', 'app://bundle')).toBe(false);
  expect(fake.permissionCheck?.(null, 'persistent-storage', 'app://bundle')).toBe(true);
  expect(fake.devicePermission?.({ deviceType: 'usb', origin: 'app://bundle' })).toBe(false);
});

test('[SEC-6] the same-origin rules hold', async () => {
  expect(preferences().webSecurity).toBe(true);
  expect(fake.privileged).toEqual([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
});

test('[SEC-7] the policy stands on every file, and neither eval nor an inline script nor a foreign request gets past it', async () => {
  for (const path of ['/', '/contacts/12', '/index.html']) {
    const policy = await desktop.page.evaluate(
      async (at) => (await fetch(at)).headers.get('content-security-policy'),
      path,
    );
    expect(policy, path).toContain("script-src 'self';");
    expect(policy, path).not.toMatch(/script-src[^;]*unsafe/);
  }
  expect(desktop.violations).toEqual([]);
  expect(await compileInPage()).toMatch(/^EvalError/);
  const ran = await desktop.page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.__ran = true';
    document.head.append(script);
    const refused = await fetch('https://evil.example/').then(
      () => 'answered',
      () => 'refused',
    );
    return { inline: '__ran' in globalThis, refused };
  });
  expect(ran).toEqual({ inline: false, refused: 'refused' });
  await vi.waitFor(() => expect(desktop.violations.join('\n')).toMatch(/connect-src/));
  expect(desktop.violations.join('\n')).toMatch(/inline script/);
});

test('[SEC-8] insecure content is not run', () => {
  expect(preferences().allowRunningInsecureContent).toBe(false);
});

test('[SEC-9] no experimental features', () => {
  expect(preferences().experimentalFeatures).toBe(false);
});

test('[SEC-10] no Blink features or switches are turned on', () => {
  expect(preferences()).not.toHaveProperty('enableBlinkFeatures');
  const main = readFileSync(join(root, 'out/main/index.js'), 'utf8');
  expect(main).not.toMatch(/appendSwitch|enableBlinkFeatures|disable-web-security/);
});

test('[SEC-11] there is no webview that could open windows', async () => {
  expect(preferences().webviewTag).toBe(false);
  const plain = await desktop.page.evaluate(() => document.createElement('webview').constructor.name);
  expect(['HTMLElement', 'HTMLUnknownElement']).toContain(plain);
});

test('[SEC-12] a webview that was made all the same is not attached', () => {
  let prevented = false;
  desktop.window.webContents.emit(
    'will-attach-webview',
    { preventDefault: () => (prevented = true) },
    { nodeIntegration: true },
    { src: 'https://evil.example/' },
  );
  expect(prevented).toBe(true);
});

test('[SEC-13] the window cannot be led to another page, by a link or by a redirect', async () => {
  const before = desktop.page.url();
  await desktop.page.evaluate(() => {
    location.href = 'https://evil.example/?app://bundle/';
  });
  await vi.waitFor(() => expect(fake.external).toContain('https://evil.example/?app://bundle/'));
  expect(desktop.page.url()).toBe(before);
  let prevented = false;
  const redirect = (url: string) =>
    desktop.window.webContents.emit('will-redirect', { preventDefault: () => (prevented = true) }, url);
  redirect('https://evil.example/');
  expect(prevented).toBe(true);
  prevented = false;
  redirect('app://bundle/contacts');
  expect(prevented).toBe(false);
});

test('[SEC-14] no window is opened by a page', async () => {
  expect(desktop.window.webContents.openHandler({ url: 'app://bundle/contacts' })).toEqual({ action: 'deny' });
  await desktop.page.evaluate(() => window.open('about:blank'));
  expect(fake.windows).toHaveLength(1);
});

test('[SEC-15] only plain web and mail links are handed to the system', async () => {
  fake.external.length = 0;
  const open = (url: string) => desktop.invoke('external.open', { url });
  expect(await open('https://example.org/a')).toEqual({ opened: true });
  for (const url of [
    'file:///etc/passwd',
    'smb://host/share',
    'javascript:alert(1)',
    'ms-word:x',
    'https://u:p@x.org',
  ]) {
    expect(await open(url), url).toEqual({ opened: false });
  }
  await desktop.page.evaluate(() => window.open('javascript:alert(1)'));
  expect(fake.external).toEqual(['https://example.org/a']);
});

test('[SEC-16] Electron is pinned to one version, the lockfile’s, and it is a current one', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const pinned: string = read('package.json').devDependencies.electron;
  expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
  expect(read('package-lock.json').packages['node_modules/electron'].version).toBe(pinned);
  // Raise with each release: Electron supports its three newest major versions.
  expect(Number(pinned.split('.')[0])).toBeGreaterThanOrEqual(45);
});

test('[SEC-17] a message from a frame, another page or nobody is refused, and so is one that is not in the contract', async () => {
  const listener = fake.ipc.get('muster:invoke');
  const call = (senderFrame: unknown) => listener?.({ senderFrame }, 'workspace.get', undefined);
  await expect(call({ url: 'https://evil.example/', parent: null })).rejects.toThrow('not the app');
  await expect(call({ url: 'app://bundle.evil.example/', parent: null })).rejects.toThrow('not the app');
  await expect(call({ url: 'app://bundle/', parent: {} })).rejects.toThrow('not the app');
  await expect(call(null)).rejects.toThrow('not the app');
  expect([...fake.ipc.keys()]).toEqual(['muster:invoke']);
  await expect(desktop.invoke('shell.run', { command: 'ls' })).rejects.toThrow(/unknown operation/);
  await expect(desktop.invoke('toString')).rejects.toThrow(/unknown operation/);
  await expect(desktop.invoke('file.save', { name: 'x', bytes: 'text' })).rejects.toThrow(/file\.save/);
  await expect(desktop.invoke('workspace.useServer', { url: 'not a url' })).rejects.toThrow(/workspace\.useServer/);
  await expect(desktop.invoke('file.open', { kind: 'x', extensions: ['../x'] })).rejects.toThrow(/file\.open/);
});

test('[SEC-18] pages come from a scheme of the app’s own, never from file:, and nothing outside the app is read', async () => {
  expect([...fake.handlers.keys()]).toEqual(['app']);
  const status = (path: string) => desktop.page.evaluate(async (at) => (await fetch(at)).status, path);
  expect(await status('/..%2f..%2fpackage.json')).toBe(403);
  expect(await status('/assets/%2e%2e%2f%2e%2e%2fmain%2findex.js')).toBe(403);
  const before = desktop.page.url();
  let prevented = false;
  const event = { preventDefault: () => (prevented = true) };
  desktop.window.webContents.emit('will-navigate', event, 'file:///etc/passwd');
  expect(prevented).toBe(true);
  expect(fake.external).not.toContain('file:///etc/passwd');
  expect(desktop.page.url()).toBe(before);
});

test('[SEC-19] the fuses of the packaged app are set', () => {
  expect(packaging.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
});

test('[SEC-20] no part of Electron reaches the page: four functions, and events without their sender', async () => {
  const found = await desktop.page.evaluate(() => {
    const bridge = (globalThis as unknown as { desktop: Record<string, unknown> }).desktop;
    const leaks = ['ipcRenderer', 'electron', 'contextBridge', 'webFrame'].filter((name) => name in globalThis);
    return { bridge: Object.keys(bridge).sort(), leaks };
  });
  expect(found).toEqual({ bridge: ['invoke', 'onCommand', 'onLink', 'platform'], leaks: [] });
  await desktop.page.evaluate(() => {
    const page = globalThis as unknown as {
      desktop: Record<'onCommand' | 'onLink', (listener: (...given: unknown[]) => void) => void>;
      __given: unknown[][];
    };
    page.__given = [];
    page.desktop.onCommand((...given) => page.__given.push(given));
    page.desktop.onLink((...given) => page.__given.push(given));
  });
  desktop.menuItem('Find anything')?.click?.();
  app.emit('second-instance', {}, ['muster', 'muster://contacts/12']);
  await vi.waitFor(async () => {
    const given = await desktop.page.evaluate(() => (globalThis as unknown as { __given: unknown[][] }).__given);
    expect(given).toEqual([['palette.open'], ['/contacts/12']]);
  });
});
