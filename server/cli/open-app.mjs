// Opens the desktop app, or says in one line why not and where the same app is in a browser. Plain JavaScript, see start.mjs.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const thisMachine = { platform: process.platform, root: process.getuid?.() === 0 };

/** Set to anything but "0", "false" or nothing: nothing is opened. */
const opensNothing = (env) => !['', '0', 'false'].includes(env.MUSTER_NO_OPEN ?? '');

const hasDisplay = (env, platform) => platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

/** Path of the Electron binary, or null. The package `electron` is never imported: that would begin a download. */
export function electronBinary(env, packageFolder = join(root, 'node_modules', 'electron')) {
  const pathFile = join(packageFolder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : '';
  const candidates = [
    env.ELECTRON_EXEC_PATH,
    env.ELECTRON_OVERRIDE_DIST_PATH &&
      join(env.ELECTRON_OVERRIDE_DIST_PATH, name || (process.platform === 'win32' ? 'electron.exe' : 'electron')),
    name && join(packageFolder, 'dist', name),
  ];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

function onPath(program, env) {
  return (env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not there, or not to be run: both mean no.
      return false;
    }
  });
}

/** What opens an address in the desktop's browser, or null where there is none. */
function browserCommand(env, platform) {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return hasDisplay(env, platform) && onPath('xdg-open', env) ? ['xdg-open'] : null;
}

/** What to do: open the desktop app, open a browser, or only tell the address; with the reason in words. */
export function plan(env, url, packageFolder, { platform, root: asRoot } = thisMachine) {
  if (opensNothing(env)) return { kind: 'tell', line: `Open the app in a browser: ${url}` };
  const binary = electronBinary(env, packageFolder);
  const display = hasDisplay(env, platform);
  if (binary && display && !(platform === 'linux' && asRoot)) {
    return { kind: 'desktop', command: [binary, root], line: 'Opening the desktop app.' };
  }
  const reason = !binary
    ? 'There is no Electron binary here (npx install-electron gets it)'
    : display
      ? 'The desktop app does not run as root'
      : 'There is no display here';
  const browser = browserCommand(env, platform);
  if (browser)
    return {
      kind: 'browser',
      command: [...browser, url],
      line: `${reason}; opening the same app in the browser: ${url}`,
    };
  return { kind: 'tell', line: `${reason}; the same app is in your browser at ${url}` };
}

/** Does it; answers a function that closes what was opened. */
export function openApp(url, say, env = process.env) {
  const { kind, command, line } = plan(env, url);
  say(line);
  if (!command) return () => undefined;
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore', env: { ...env, MUSTER_SERVER_URL: url } });
  child.on('error', (error) => say(`It could not be opened (${error.message}); the app is in your browser at ${url}`));
  if (kind === 'desktop') {
    child.on('exit', () => say(`The desktop app was closed. The server keeps running at ${url}; Ctrl-C stops it.`));
    return () => child.kill('SIGTERM');
  }
  child.unref();
  return () => undefined;
}
