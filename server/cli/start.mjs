// `npm start`: from a bare clone to the running app. Plain JavaScript for the Node that happens to be there (20 or newer),
// because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openApp } from './open-app.mjs';
import { ensureBuilt, ensureInstalled, projectEnv, projectNode, root } from './set-up.mjs';

const LOG_LIMIT = 20_000_000;
const dev = process.argv.includes('--dev');
const say = (line) => process.stderr.write(`${line}\n`);

/** Where the server's log goes; the folder is made by the server, or here when it could not even begin. */
function openLog() {
  const folder = resolve(process.env.MUSTER_DATA_DIR || join(root, '.muster'));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'server.log');
  if (existsSync(path) && statSync(path).size > LOG_LIMIT) renameSync(path, `${path}.1`);
  return { path, stream: createWriteStream(path, { flags: 'a', mode: 0o600 }) };
}

/** Starts the server in a process group of its own: Ctrl-C reaches only us, and we ask it once to stop. */
function startServer() {
  const child = spawn(projectNode(), [join(root, 'server', 'main.ts')], {
    cwd: root,
    env: projectEnv(),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  const early = [];
  const collect = (data) => early.push(data);
  child.stdout.on('data', collect);
  const ended = new Promise((done) => {
    child.once('error', (error) => {
      say(`The server could not be started: ${error.message}`);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
  const ready = new Promise((done) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && typeof message.ready === 'string') done(message.ready);
    });
  });
  return {
    ended,
    ready,
    /** From now on the log goes to its file. */
    keepLog() {
      try {
        const log = openLog();
        child.stdout.off('data', collect);
        for (const data of early) log.stream.write(data);
        child.stdout.pipe(log.stream);
        return log.path;
      } catch (error) {
        process.stderr.write(Buffer.concat(early));
        say(`The server's log cannot be kept: ${error.message}`);
        child.stdout.off('data', collect);
        child.stdout.resume();
        return null;
      }
    },
    // Windows has no signals: the server takes the end of this channel as the request.
    stop: (signal) => (process.platform === 'win32' && signal === 'SIGTERM' ? child.disconnect() : child.kill(signal)),
  };
}

async function isHealthy(url) {
  const answer = await fetch(`${url}/health`);
  return answer.ok && (await answer.json()).status === 'ok';
}

async function main() {
  await ensureInstalled(say);
  if (!dev) await ensureBuilt(say);
  say('Starting the server …');
  const server = startServer();
  let asked = 0;
  const closing = [];
  const stop = () => {
    asked += 1;
    // One Ctrl-C may arrive twice: from the terminal and through npm. Only somebody who insists forces it.
    if (asked === 1) server.stop('SIGTERM');
    else if (asked > 4) server.stop('SIGKILL');
    for (const close of closing.splice(0)) close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  // A SIGTERM to npm ends npm and its shell, but never reaches us: we see only that our parent is gone.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent && asked === 0) stop();
  }, 500);
  watch.unref();

  const first = await Promise.race([server.ready, server.ended]);
  const logFile = server.keepLog();
  if (typeof first === 'number') return first;
  if (!(await isHealthy(first))) {
    say(`The server at ${first} started but does not answer /health.`);
    stop();
    return (await server.ended) || 1;
  }
  if (logFile) say(`Its log is in ${logFile}. Ctrl-C stops everything.`);
  let address = first;
  if (dev) {
    const { startDev } = await import('./dev.mjs');
    const page = await startDev(first);
    closing.push(page.close);
    address = page.url;
  }
  if (asked === 0) closing.push(openApp(address, say));
  const code = await server.ended;
  for (const close of closing.splice(0)) close();
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(`npm start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
