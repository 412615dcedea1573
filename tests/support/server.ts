import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const ADMIN = { email: 'owner@shop.example.org', password: 'correct horse battery' };

/** Below what the system gives to whoever asks for any port: a server that stops for a while finds its own free again. */
const PORTS = [20_000, 32_000] as const;

/** A port of this machine that nobody listens on, and that no outgoing connection takes. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** A data folder of one's own, which PostgreSQL's user can pass through. */
export function temporaryDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  chmodSync(folder, 0o711);
  return folder;
}

export type RunningServer = {
  url: string;
  port: number;
  dataDir: string;
  child: ChildProcess;
  /** What it printed so far. */
  output: () => string;
  /** SIGTERM, and waits until everything it started is gone. */
  stop: () => Promise<void>;
  /** Removes the data folder; the server must be stopped. */
  remove: () => void;
};

/** Starts the real server with its embedded PostgreSQL, as `npm start` does, and waits until /health answers 200. */
export async function startServer(
  options: { dataDir?: string; port?: number; env?: Record<string, string> } = {},
): Promise<RunningServer> {
  const dataDir = options.dataDir ?? temporaryDataDir();
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(root, 'server', 'main.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: dataDir,
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      MUSTER_NO_OPEN: '1',
      ...options.env,
    },
  });
  let output = '';
  const keep = (bytes: Buffer) => {
    output += bytes.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}:\n${output}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The server was not ready in 60 s:\n${output}`);
    }
    const healthy = await fetch(`${url}/health`).then(
      (answer) => answer.status === 200,
      () => false,
    );
    if (healthy) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    port,
    dataDir,
    child,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}
