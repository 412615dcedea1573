/**
 * `npm run test:sim`, first tier. Environment: SEED (the first seed), RUNS (how many), STEPS (of each).
 * `--sabotage=<name>` puts a known mistake in; `--verbose` prints every event.
 */
import { parseArgs } from 'node:util';
import { isOfTheDead, runSeed } from './run.ts';
import { type Sabotage, sabotages } from './server/numbering.ts';
import { realNow } from './world/clock.ts';

const begun = realNow();
const { values } = parseArgs({ options: { sabotage: { type: 'string' }, verbose: { type: 'boolean' } } });
const sabotage: Sabotage | null = sabotages.find((one) => one === values.sabotage) ?? null;
const first = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 1);
const steps = Number(process.env.STEPS ?? 2_000);
process.on('unhandledRejection', (error) => {
  if (isOfTheDead(error)) return;
  console.error('unhandled', error);
  process.exit(3);
});
const total = { seeds: 0, steps: 0, conflicts: 0, merges: 0, drops: 0, crashes: 0 };
for (let seed = first; seed < first + runs; seed++) {
  const from = realNow();
  const result = await runSeed({ seed, steps, sabotage, echo: values.verbose === true });
  total.seeds++;
  total.steps += result.steps;
  for (const [name, count] of Object.entries(result.counts)) total[name as keyof typeof result.counts] += count;
  console.log(
    `seed ${seed} ${result.failures.length === 0 ? 'ok' : 'FAILED'} ${realNow() - from} ms ${JSON.stringify(result.counts)} ${result.digest.slice(0, 12)}`,
  );
  if (result.failures.length > 0) {
    console.log(`SEED=${seed}\n${result.tail}\n${result.failures.slice(0, 12).join('\n')}`);
    process.exitCode = 1;
    break;
  }
}
console.log(
  `seeds ${total.seeds} steps ${total.steps} conflicts ${total.conflicts} merges ${total.merges} drops ${total.drops} crashes ${total.crashes} (${realNow() - begun} ms)`,
);
