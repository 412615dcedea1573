// `npm test`: installs what is missing, builds the app, runs every suite, and ends with "N passed, N failed".
// `npm test -- --full` repeats the kill tests as often as their figures say; see support/rounds.ts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, projectEnv, projectNode, root, run } from '../server/cli/set-up.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
const report = join(folder, 'report.json');
let passed = 0;
let failed = 0;

try {
  await ensureInstalled(say);
  await ensureBuilt(say);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--config', 'tests/vitest.config.ts', '--reporter=default', '--reporter=json'];
  const given = process.argv.slice(2);
  const full = given.includes('--full') ? { MUSTER_TEST_FULL: '1' } : {};
  await run(projectNode(), [...args, `--outputFile.json=${report}`, ...given.filter((one) => one !== '--full')], {
    env: projectEnv(full),
  }).catch((error) => {
    failed = 1;
    say(error.message);
  });
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const suitesBroken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  passed = result.numPassedTests;
  const notRun = result.numTotalTests - result.numPassedTests - result.numFailedTests;
  // A file that could not be loaded, or a test that was skipped, is a failure here: nothing passes by not running.
  failed = Math.max(failed, result.numFailedTests + suitesBroken.length + notRun);
  if (passed === 0) failed = Math.max(failed, 1);
} catch (error) {
  say(error.stack ?? String(error));
  failed = Math.max(failed, 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
