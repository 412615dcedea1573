/**
 * The smaller set of the simulation: a few seeds must run clean, the same seed must be the same run, and every known
 * mistake must be found. `npm run test:sim` is the whole of it.
 */
import { describe, expect, test } from 'vitest';
import type { Outcome } from './job.ts';
import { type Sabotage, sabotages } from './server/numbering.ts';
import { spawnWorker } from './spawn-worker.ts';

const STEPS = 250;

async function run(seeds: readonly number[], sabotage: Sabotage | null = null, steps = STEPS): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await spawnWorker({ seeds: [...seeds], steps, sabotage, echo: false }, (outcome) => outcomes.push(outcome));
  return outcomes;
}

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at);

describe('the simulation', { timeout: 240_000 }, () => {
  test('a seed is the same run every time, event by event', async () => {
    const [one, other] = await Promise.all([run([7]), run([7])]);
    expect(one[0]?.digest).toBeDefined();
    expect(one[0]?.digest).toBe(other[0]?.digest);
  });

  test('every device comes to what the server has, nothing is lost and nothing returns', async () => {
    const outcomes = await run(seedsFrom(1, 6));
    for (const { seed, failures, tail } of outcomes) {
      expect(failures, `SEED=${seed} RUNS=1 STEPS=${STEPS} npm run test:sim\n${tail}`).toEqual([]);
    }
    expect(outcomes).toHaveLength(6);
    const sum = (name: keyof Outcome['counts']) => outcomes.reduce((all, { counts }) => all + counts[name], 0);
    for (const name of ['conflicts', 'merges', 'drops', 'crashes'] as const) expect(sum(name), name).toBeGreaterThan(0);
  });

  test.each(sabotages)('the known mistake "%s" is found', async (sabotage) => {
    // A worker ends with the first seed that fails.
    const outcomes = await run(seedsFrom(1, 12), sabotage);
    expect(outcomes.at(-1)?.failures ?? []).not.toEqual([]);
  });
});
