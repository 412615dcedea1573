import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { treeOf } from '#tests/kill/process-tree.ts';
import type { Bench } from './bench.ts';
import { pssOf } from './support/memory.ts';

const TARGET_MB = 250;
/** Long enough for start-up garbage to be collected and timers to have fired. */
const SETTLE_MS = 10_000;

/** A fresh server with embedded PostgreSQL, signed in to once, then left alone. */
async function measureIdle(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-idle-'));
  await chmod(folder, 0o711);
  const account = { email: 'admin@example.com', password: 'correct horse battery' };
  const server = spawn(process.execPath, [join(import.meta.dirname, '..', 'server', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      MUSTER_DATA_DIR: join(folder, 'data'),
      MUSTER_DATABASE_URL: '',
      MUSTER_PORT: '0',
      MUSTER_ADMIN_EMAIL: account.email,
      MUSTER_ADMIN_PASSWORD: account.password,
    },
  });
  const ended = new Promise((done) => server.once('exit', done));
  try {
    const url = await new Promise<string>((done, fail) => {
      server.once('message', (message: { ready: string }) => done(message.ready));
      void ended.then(() => fail(new Error('the server did not start')));
    });
    const answer = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(account),
    });
    if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`);
    await sleep(SETTLE_MS);
    let bytes = 0;
    for (const pid of await treeOf(server.pid ?? 0)) bytes += await pssOf(pid);
    return bytes;
  } finally {
    server.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

export const benches: Bench[] = [
  {
    name: 'server.idle',
    times: 3,
    async run() {
      const value = (await measureIdle()) / 2 ** 20;
      return { value, unit: 'MB', target: TARGET_MB, ok: value <= TARGET_MB };
    },
  },
];
