import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killTree } from '#tests/kill/process-tree.ts';
import { ADMIN, freePort } from '#tests/support/server.ts';

const READY_WITHIN_MS = 60_000;

/** A server that dies by kill -9 and starts again on the same port and database. */
export class KillableServer {
  readonly #env: Record<string, string>;
  readonly #appFolder: string;
  readonly url: string;
  #child: ChildProcess | null = null;

  private constructor(options: { port: number; dataDir: string; databaseUrl: string; appFolder: string }) {
    this.url = `http://127.0.0.1:${options.port}/`;
    this.#appFolder = options.appFolder;
    this.#env = {
      MUSTER_PORT: String(options.port),
      MUSTER_DATA_DIR: options.dataDir,
      MUSTER_DATABASE_URL: options.databaseUrl,
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      MUSTER_NO_OPEN: '1',
    };
  }

  static async start(options: { dataDir: string; databaseUrl: string; appFolder: string }): Promise<KillableServer> {
    const server = new KillableServer({ ...options, port: await freePort() });
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const child = spawn(process.execPath, [join(import.meta.dirname, 'server-main.ts'), this.#appFolder], {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = child;
    for (const until = Date.now() + READY_WITHIN_MS; ; await sleep(50)) {
      const answer = await fetch(`${this.url}health`).catch(() => null);
      if (answer?.ok) return;
      if (child.exitCode !== null || Date.now() > until) throw new Error('The server did not start.');
    }
  }

  async kill(): Promise<void> {
    const pid = this.#child?.pid;
    this.#child = null;
    if (pid !== undefined) await killTree(pid);
  }
}
