// Type-checks each runtime with its own tsconfig; all of them, even when one fails.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectNode, root } from '../server/cli/set-up.mjs';

const projects = [
  'src-shared',
  'server',
  'src-main',
  'src-renderer',
  'src-renderer/tsconfig.worker.json',
  'src-sdk',
  'src-sdk/mobile',
  'tests',
  'bench',
];
let failed = false;
for (const project of projects) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(projectNode(), [tsc, '--noEmit', '-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    failed = true;
    process.stderr.write(`typecheck failed in ${project}\n`);
  }
}
process.exitCode = failed ? 1 : 0;
