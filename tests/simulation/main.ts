/**
 * The first tier of `npm run test:sim`: seeds on two processes. From the environment: SEED (the first; default 1), RUNS
 * (how many; 200), STEPS (of each; 2,000). `--sabotage=<name>` puts a known mistake in; `--verbose` tells every event.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Outcome } from './job.ts';
import { sabotages } from './server/numbering.ts';
import { spawnWorker } from './spawn-worker.ts';

/** A process that lived through many seeds holds on to the dead of all of them. */
const SEEDS_A_PROCESS = 8;

const { values } = parseArgs({ options: { sabotage: { type: 'string' }, verbose: { type: 'boolean' } } });
const sabotage = sabotages.find((one) => one === values.sabotage) ?? null;
if (values.sabotage && !sabotage) throw new Error(`Known mistakes: ${sabotages.join(', ')}`);
const first = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 200);
const steps = Number(process.env.STEPS ?? 2_000);
const echo = values.verbose === true;

const total = { seeds: 0, steps: 0, conflicts: 0, merges: 0, drops: 0, crashes: 0, cpuMs: 0 };
let failed: Outcome | null = null;

function take(outcome: Outcome): void {
  total.seeds++;
  total.steps += outcome.steps;
  total.cpuMs += outcome.cpuMs;
  for (const name of ['conflicts', 'merges', 'drops', 'crashes'] as const) total[name] += outcome.counts[name];
  const words = outcome.failures.length === 0 ? 'ok' : 'FAILED';
  console.log(`seed ${outcome.seed} ${words}, ${outcome.cpuMs} ms of CPU, ${outcome.digest.slice(0, 12)}`);
  if (outcome.failures.length > 0) failed ??= outcome;
}

const queue: number[][] = [];
for (let seed = first; seed < first + runs; seed += SEEDS_A_PROCESS) {
  queue.push(Array.from({ length: Math.min(SEEDS_A_PROCESS, first + runs - seed) }, (_, at) => seed + at));
}
const lane = async () => {
  for (let seeds = queue.shift(); seeds && !failed; seeds = queue.shift()) {
    await spawnWorker({ seeds, steps, sabotage, echo }, take);
  }
};
const begun = Date.now();
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));

/** Fewer steps that fail as well are easier to read. */
async function shrink(outcome: Outcome): Promise<Outcome> {
  let shortest = outcome;
  for (let fewer = outcome.steps >> 1; fewer >= 50; fewer >>= 1) {
    let shorter: Outcome | null = null;
    await spawnWorker({ seeds: [outcome.seed], steps: fewer, sabotage, echo: false }, (one) => {
      shorter = one;
    });
    if (shorter === null || (shorter as Outcome).failures.length === 0) break;
    shortest = shorter;
  }
  return shortest;
}

if (failed) {
  const { seed, steps: count, tail, failures } = await shrink(failed);
  console.log(`${tail}\n\nSEED=${seed} RUNS=1 STEPS=${count} fails:\n${failures.slice(0, 20).join('\n')}`);
  process.exitCode = 1;
}
const { seeds, conflicts, merges, drops, crashes } = total;
console.log(`${Math.round((Date.now() - begun) / 1_000)} s, ${Math.round(total.cpuMs / 1_000)} s of CPU`);
console.log(
  `seeds ${seeds} steps ${total.steps} conflicts ${conflicts} merges ${merges} drops ${drops} crashes ${crashes}`,
);
if (!failed && [conflicts, merges, drops, crashes].some((count) => count === 0)) {
  console.log('A run without conflicts, merges, drops or crashes proves nothing.');
  process.exitCode = 1;
}
