/** Runs seeds one after the other in a process of its own, whose clock stands still. One line of JSON a seed. */

import { type Job, jobSchema } from './job.ts';
import { runSeed } from './run.ts';
import { isOfTheDead } from './scenario/of-the-dead.ts';

process.on('unhandledRejection', (error) => {
  if (isOfTheDead(error)) return;
  console.error(error);
  process.exit(3);
});

const job: Job = jobSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
for (const seed of job.seeds) {
  const { user, system } = process.cpuUsage();
  const result = await runSeed({ ...job, seed });
  const used = process.cpuUsage();
  const cpuMs = Math.round((used.user + used.system - user - system) / 1_000);
  console.log(JSON.stringify({ ...result, cpuMs }));
  // What a failed run left open would disturb the next.
  if (result.failures.length > 0) break;
}
// Programs that were killed in the simulation never end by themselves.
process.exit(0);
