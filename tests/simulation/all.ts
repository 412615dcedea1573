/**
 * `npm run test:sim`: both tiers, one after the other: over tables in memory, over a real PostgreSQL, in real browsers.
 * SEED, RUNS and STEPS from the environment choose other seeds; the second tier never runs more than its own 20 and 3, nor
 * more steps than it has. With `--sabotage=<name>` only the first tier runs. The last line adds up everything.
 */
import { addUp, type programs, type Summary, spawnCommand, summaryIn, summaryLine } from './postgres/spawn-command.ts';

type Program = keyof typeof programs;
const most: Record<Exclude<Program, 'memory'>, { runs: number; steps: number }> = {
  postgres: { runs: 20, steps: 60 },
  chromium: { runs: 3, steps: 12 },
};
const { RUNS, STEPS } = process.env;
const args = process.argv.slice(2);

function environmentOf(program: Program): Record<string, string> {
  if (program === 'memory') return {};
  const { runs, steps } = most[program];
  return { RUNS: String(Math.min(runs, Number(RUNS ?? runs))), STEPS: String(Math.min(steps, Number(STEPS ?? steps))) };
}

const chosen: Program[] = args.some((one) => one.startsWith('--sabotage'))
  ? ['memory']
  : ['memory', 'postgres', 'chromium'];
const summaries: Summary[] = [];
for (const program of chosen) {
  let output = '';
  const code = await spawnCommand(program, {
    args,
    env: environmentOf(program),
    onOutput(text) {
      output += text;
      process.stdout.write(text);
    },
  });
  const summary = summaryIn(output);
  if (summary) summaries.push(summary);
  if (code === 0 && summary) continue;
  process.exitCode = 1;
  break;
}
console.log(summaryLine(addUp(summaries)));
