import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const programs = {
  memory: join(import.meta.dirname, '..', 'main.ts'),
  postgres: join(import.meta.dirname, 'main.ts'),
  chromium: join(import.meta.dirname, '..', 'chromium', 'main.ts'),
} as const;

/** Runs one of the simulation's programs to its end, in a process of its own: it changes timers and globals. */
export function spawnCommand(
  program: keyof typeof programs,
  options: { args: string[]; env: Record<string, string>; onOutput: (text: string) => void },
): Promise<number | null> {
  const child = spawn(process.execPath, ['--no-warnings', programs[program], ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => options.onOutput(data.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

const names = ['seeds', 'steps', 'conflicts', 'merges', 'drops', 'crashes'] as const;
export type Summary = Record<(typeof names)[number], number>;

/** The summary line in what a program said; null when there is none. */
export function summaryIn(output: string): Summary | null {
  const line = output.match(/^seeds (\d+) steps (\d+) conflicts (\d+) merges (\d+) drops (\d+) crashes (\d+)/m);
  if (!line) return null;
  const [seeds, steps, conflicts, merges, drops, crashes] = line.slice(1).map(Number);
  return {
    seeds: seeds ?? 0,
    steps: steps ?? 0,
    conflicts: conflicts ?? 0,
    merges: merges ?? 0,
    drops: drops ?? 0,
    crashes: crashes ?? 0,
  };
}

export const summaryLine = (summary: Summary): string => names.map((name) => `${name} ${summary[name]}`).join(' ');

export function addUp(summaries: readonly Summary[]): Summary {
  const sum = (name: keyof Summary) => summaries.reduce((all, one) => all + one[name], 0);
  return {
    seeds: sum('seeds'),
    steps: sum('steps'),
    conflicts: sum('conflicts'),
    merges: sum('merges'),
    drops: sum('drops'),
    crashes: sum('crashes'),
  };
}
