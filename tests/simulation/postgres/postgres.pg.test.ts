/** The smaller set of the second tier. `npm run test:sim` is the whole of it. */
import { expect, inject, test } from 'vitest';
import { spawnCommand, summaryIn } from './spawn-command.ts';

async function run(env: Record<string, string>, args: string[] = []) {
  const url = await (await fetch(inject('postgresStarter'))).text();
  let output = '';
  const code = await spawnCommand('postgres', {
    args: ['--postgres', url, ...args],
    env,
    onOutput(text) {
      output += text;
    },
  });
  return { code, output, summary: summaryIn(output) };
}

/** A busy machine takes its time. */
const timeout = 240_000;

test('[VER-1] over a real PostgreSQL with overlapping transactions every device comes to what the tables say, and nothing is lost', {
  timeout,
}, async () => {
  const { code, output, summary } = await run({ SEED: '8', RUNS: '2', STEPS: '20' });
  expect(code, output).toBe(0);
  expect(summary).toMatchObject({ seeds: 2, steps: 40 });
  for (const name of ['conflicts', 'merges', 'drops', 'crashes'] as const)
    expect(summary?.[name], name).toBeGreaterThan(0);
});

test("[VER-1] numbers that are taken without the counter's lock are found out", { timeout }, async () => {
  const { code, output } = await run({ SEED: '1', RUNS: '3', STEPS: '20' }, ['--sabotage=seq']);
  expect(code, output).toBe(1);
  expect(output).toMatch(/is missing|not \{|changes that wait|lost:|columns lack|is null, not|is .*, not /);
});
