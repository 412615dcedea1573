// Set-up shared by `npm start` and `npm test`. Plain JavaScript for the Node that happens to be there (20 or newer),
// because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const modules = join(root, 'node_modules');
const windows = process.platform === 'win32';

/** The project's own Node (24, from the lockfile) when it is installed for this platform, else the one running now. */
export function projectNode() {
  const own = join(modules, '.bin', 'node');
  return !windows && existsSync(own) ? own : process.execPath;
}

/** Environment in which the project's own binaries come first. */
export function projectEnv(extra = {}) {
  return { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`, ...extra };
}

/** Runs a command to its end; its output goes to ours. Rejects with a readable error when it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: windows, ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`)),
    );
  });
}

const sha = (text) => createHash('sha256').update(text).digest('hex');

function stampOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Whether npm itself installed after the lockfile last changed (somebody ran `npm ci` before us). */
function installedAlready() {
  const record = join(modules, '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Installs exactly the lockfile when node_modules is missing or was made from another one. */
export async function ensureInstalled(say) {
  const stamp = join(modules, '.muster-lock');
  const wanted = sha(readFileSync(join(root, 'package-lock.json')));
  if (stampOf(stamp) === wanted) return false;
  if (stampOf(stamp) === '' && installedAlready()) {
    writeFileSync(stamp, wanted);
    return false;
  }
  say('Installing packages from the lockfile (a few minutes the first time) …');
  // `npm ci` empties what a link points to: another clone's packages.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(modules);
  await run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: process.env,
  });
  writeFileSync(stamp, wanted);
  return true;
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (!entry.name.includes('.test.')) yield path;
  }
}

/** A hash over path, size and time of everything the app is built from: cheap, and new after any edit or checkout. */
function sourceStamp() {
  const lines = [];
  for (const folder of ['src-main', 'src-renderer', 'src-sdk', 'src-shared', 'resources']) {
    if (!existsSync(join(root, folder))) continue;
    for (const path of filesUnder(join(root, folder))) {
      const { size, mtimeMs } = statSync(path);
      lines.push(`${path}:${size}:${mtimeMs}`);
    }
  }
  for (const file of ['electron.vite.config.ts', 'package-lock.json']) {
    const { size, mtimeMs } = statSync(join(root, file));
    lines.push(`${file}:${size}:${mtimeMs}`);
  }
  return sha(lines.sort().join('\n'));
}

const sdks = ['web', 'mobile'].map((name) => join(root, 'src-sdk', name, 'vite.config.ts'));

/** Builds main, preload, page and the SDKs when a source is newer than what lies in out/. */
export async function ensureBuilt(say) {
  const stamp = join(root, 'out', '.muster-build');
  const wanted = sourceStamp();
  if (stampOf(stamp) === wanted && existsSync(join(root, 'out', 'renderer', 'index.html'))) return false;
  say('Building the app …');
  await run(projectNode(), [join(modules, 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'], {
    env: projectEnv(),
  });
  const vite = join(modules, 'vite', 'bin', 'vite.js');
  for (const config of sdks) {
    await run(projectNode(), [vite, 'build', '-c', config, '--logLevel', 'warn'], { env: projectEnv() });
  }
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}
