import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Job, type Outcome, outcomeSchema } from './job.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

/** Runs the job in a process of its own; calls back for each seed. Rejects when the process fails. */
export async function spawnWorker(job: Job, onOutcome: (outcome: Outcome) => void): Promise<void> {
  const child = spawn(process.execPath, ['--no-warnings', WORKER, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    if (job.echo) process.stderr.write(data);
    else errors = (errors + data.toString()).slice(-4_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) onOutcome(outcomeSchema.parse(JSON.parse(line)));
  const code = await ended;
  if (code !== 0) throw new Error(`The simulation's process ended with ${code}: ${errors}`);
}
