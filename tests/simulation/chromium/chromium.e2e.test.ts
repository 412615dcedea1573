/** One short seed in real browsers. `npm run test:sim` runs three longer ones. */
import { expect, inject, test } from 'vitest';
import { spawnCommand, summaryIn } from '../postgres/spawn-command.ts';

test('two browsers and a server that are killed again and again come to the same, and nothing is lost', async () => {
  const url = await (await fetch(inject('postgresStarter'))).text();
  let output = '';
  const code = await spawnCommand('chromium', {
    args: ['--postgres', url],
    env: { SEED: '1', RUNS: '1', STEPS: '6' },
    onOutput(text) {
      output += text;
    },
  });
  expect(code, output).toBe(0);
  const summary = summaryIn(output);
  expect(summary).toMatchObject({ seeds: 1, steps: 6 });
  expect(summary?.crashes).toBeGreaterThan(1);
});
