/** What a test does beside the app: the command line on the server's data folder, and its database. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCli } from '#server/cli/cli-context.ts';
import type { Deps } from '#server/service.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

/** `npm run -s muster -- … --json`, with the running server's data folder. */
export async function muster(dataDir: string, args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, MUSTER_DATA_DIR: dataDir };
  const { stdout } = await run(process.execPath, [join(root, 'server', 'cli', 'muster.ts'), ...args, '--json'], {
    env,
  });
  return JSON.parse(stdout);
}

/** Works on the database of the server that runs on the folder, as a command would. */
export async function besideServer<T>(env: Record<string, string>, work: (deps: Deps) => Promise<T>): Promise<T> {
  const cli = createCli({ env, purpose: 'end-to-end test', json: () => true });
  return await cli.withDeps(work);
}
