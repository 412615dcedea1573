import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real server as a process of its own, on a free port, over a given database. */
export async function startServerProcess(
  databaseUrl: string,
  role: 'all' | 'api',
): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-server-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'server', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      MUSTER_DATA_DIR: folder,
      MUSTER_DATABASE_URL: databaseUrl,
      MUSTER_PORT: '0',
      MUSTER_ROLE: role,
      // One key loads the server as many would.
      MUSTER_API_RATE: '100000',
      MUSTER_NO_OPEN: '1',
    },
  });
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await new Promise<string>((done, fail) => {
      child.once('message', (message: { ready: string }) => done(message.ready));
      void ended.then(() => fail(new Error('the server did not start')));
    });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
