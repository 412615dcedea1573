import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockHolder } from '#server/storage/data-lock.ts';
import { readRecord } from '#server/storage/postgres-folder.ts';
import { ADMIN, freePort, temporaryDataDir } from '#tests/support/server.ts';

const root = join(import.meta.dirname, '..', '..');
/** The target is 5 s on a quiet machine; a test run is not quiet. */
const SECOND_START_MS = 30_000;

let dataDir: string;
let started: ChildProcess[];
beforeEach(() => {
  dataDir = temporaryDataDir();
  started = [];
});
afterEach(() => {
  for (const { pid, exitCode, signalCode } of started) {
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
  }
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs `npm start` in a process group of its own, like a terminal does. */
async function npmStart(port: number) {
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: dataDir,
      MUSTER_NO_OPEN: '1',
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
    },
  });
  started.push(child);
  let output = '';
  const keep = (data: unknown) => {
    output += String(data);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const begun = performance.now();
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/health`)).status, output).toBe(200), {
    timeout: 120_000,
    interval: 50,
  });
  const ms = performance.now() - begun;
  return { pid: child.pid ?? 0, ms, output: () => output };
}

/** Whether somebody listens on this port. */
function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

async function everythingGone(port: number): Promise<void> {
  const database = (await readRecord(dataDir))?.port ?? 0;
  await vi.waitFor(
    async () => {
      expect(await listens(port)).toBe(false);
      expect(await listens(database)).toBe(false);
      expect(await lockHolder(dataDir)).toBeNull();
    },
    { timeout: 20_000, interval: 100 },
  );
}

test('npm start: healthy unattended, Ctrl-C stops everything, the second start is quick, so is one after a kill -9', async () => {
  const port = await freePort();
  const first = await npmStart(port);
  await vi.waitFor(() => expect(first.output()).toContain(`Open the app in a browser: http://127.0.0.1:${port}`));
  const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  process.kill(-first.pid, 'SIGINT');
  await everythingGone(port);
  expect(first.output()).toMatch(/Stopping…\nStopped\.\n$/);

  const second = await npmStart(port);
  expect(second.ms).toBeLessThan(SECOND_START_MS);
  // npm, its shell and our starter die at once; the server sees that and stops by itself.
  process.kill(-second.pid, 'SIGKILL');
  await everythingGone(port);

  await npmStart(port);
  const holder = await lockHolder(dataDir);
  process.kill(holder?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => expect(await listens(port)).toBe(false));
  expect(await listens((await readRecord(dataDir))?.port ?? 0)).toBe(true);
  const fourth = await npmStart(port);
  expect(fourth.ms).toBeLessThan(SECOND_START_MS);
  expect(fourth.output()).toMatch(/Stopping a PostgreSQL \(process \d+\) that an earlier Muster left running/);
  process.kill(-fourth.pid, 'SIGTERM');
  await everythingGone(port);
});
