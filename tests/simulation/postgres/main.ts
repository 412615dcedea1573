/**
 * `npm run test:sim`, second tier. Environment: SEED (the first seed), RUNS (how many), STEPS (of each).
 * `--postgres <url>` names a migrated database to copy; without it PostgreSQL is started here.
 */
import { parseArgs } from 'node:util';
import { startPostgres } from '#tests/support/postgres-global.ts';
import { SyncBlob } from '../world/crypto.ts';
import { hurry } from './hurry.ts';
import { isOfTheDead, runSeed } from './run.ts';

const begun = Date.now();
const { values } = parseArgs({ options: { postgres: { type: 'string' }, verbose: { type: 'boolean' } } });
const first = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 1);
const steps = Number(process.env.STEPS ?? 40);
const own = values.postgres === undefined ? await startPostgres() : null;
const template = values.postgres ?? own?.postgres.url ?? '';
hurry();
Object.defineProperty(globalThis, 'Blob', { value: SyncBlob, configurable: true });
process.on('unhandledRejection', (error) => {
  if (isOfTheDead(error)) return;
  console.error('unhandled', error);
  process.exit(3);
});
const total = { seeds: 0, steps: 0, conflicts: 0, merges: 0, drops: 0, crashes: 0 };
for (let seed = first; seed < first + runs; seed++) {
  const from = Date.now();
  const result = await runSeed({ seed, steps, template, echo: values.verbose === true });
  total.seeds++;
  total.steps += result.steps;
  total.conflicts += result.counts.conflicts;
  total.merges += result.counts.merges;
  total.drops += result.counts.drops;
  total.crashes += result.counts.crashes;
  const word = result.failures.length === 0 ? 'ok' : 'FAILED';
  console.log(`postgres seed ${seed} ${word} ${Date.now() - from} ms ${JSON.stringify(result.counts)}`);
  if (result.failures.length === 0) continue;
  console.log(`SEED=${seed}\n${result.tail}\n${result.failures.slice(0, 12).join('\n')}`);
  process.exitCode = 1;
  break;
}
await own?.stop();
const { seeds, conflicts, merges, drops, crashes } = total;
console.log(
  `seeds ${seeds} steps ${total.steps} conflicts ${conflicts} merges ${merges} drops ${drops} crashes ${crashes} (${Date.now() - begun} ms)`,
);
process.exit();
