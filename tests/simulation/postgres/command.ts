/** What the two programs of the second tier share: arguments, PostgreSQL, the report. */
import { parseArgs } from 'node:util';
import { startPostgres } from '#tests/support/postgres-global.ts';
import type { Counts } from '../world/world.ts';

export type Settings = { seed: number; steps: number; template: string; echo: boolean; sabotage: boolean };
export type Result = { steps: number; counts: Counts; failures: string[]; tail: string };

/**
 * Runs seeds and prints the summary. Environment: SEED (the first seed), RUNS (how many), STEPS (of each). `--postgres <url>`
 * names a migrated database to copy; without it PostgreSQL is started here. `--verbose` prints every event; `--sabotage=seq` puts a known mistake in (without browsers).
 */
export async function runCommand(options: {
  tier: string;
  runs: number;
  steps: number;
  /** After PostgreSQL was started. */
  prepare?: () => void;
  run: (settings: Settings) => Promise<Result>;
}): Promise<never> {
  const begun = Date.now();
  const { values } = parseArgs({
    options: { postgres: { type: 'string' }, verbose: { type: 'boolean' }, sabotage: { type: 'string' } },
  });
  const mistake = sabotageOf(values.sabotage);
  const first = Number(process.env.SEED ?? 1);
  const runs = Number(process.env.RUNS ?? options.runs);
  const steps = Number(process.env.STEPS ?? options.steps);
  const own = values.postgres === undefined ? await startPostgres() : null;
  const template = values.postgres ?? own?.postgres.url ?? '';
  options.prepare?.();
  const total = { seeds: 0, steps: 0, conflicts: 0, merges: 0, drops: 0, crashes: 0 };
  for (let seed = first; seed < first + runs && process.exitCode === undefined; seed++) {
    const from = Date.now();
    const { counts, failures, tail, ...done } = await options.run({
      seed,
      steps,
      template,
      echo: values.verbose === true,
      sabotage: mistake === 'seq',
    });
    total.seeds++;
    total.steps += done.steps;
    total.conflicts += counts.conflicts;
    total.merges += counts.merges;
    total.drops += counts.drops;
    total.crashes += counts.crashes;
    const word = failures.length === 0 ? 'ok' : 'FAILED';
    console.log(`${options.tier} seed ${seed} ${word} ${Date.now() - from} ms ${JSON.stringify(counts)}`);
    if (failures.length === 0) continue;
    console.log(`SEED=${seed}\n${tail}\n${failures.slice(0, 12).join('\n')}`);
    process.exitCode = 1;
  }
  await own?.stop();
  const numbers = Object.entries(total).map(([name, count]) => `${name} ${count}`);
  console.log(`${numbers.join(' ')} (${Date.now() - begun} ms)`);
  process.exit();
}

/** A mistake that does not exist would let a run pass as if it had been found. */
export function sabotageOf(named: string | undefined): 'seq' | null {
  if (named === undefined || named === 'seq') return named ?? null;
  throw new Error(`There is no mistake “${named}”. Known: seq.`);
}
