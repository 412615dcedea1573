import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf } from '#server/start-error.ts';

const run = promisify(execFile);

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A process's command line; empty when there is no such process or it cannot be read. */
export async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    if (process.platform === 'win32') return '';
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    // It ended while we looked, or is not ours to look at: either way not known to be what we search for.
    return '';
  }
}

/** When a process began, in the system's own words; empty when it is not there. */
export async function bornAt(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold blanks; the start time is the 20th field after it.
      return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    }
    if (process.platform === 'win32') return isAlive(pid) ? String(pid) : '';
    return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim();
  } catch {
    // It ended while we looked.
    return '';
  }
}

/** Waits until a process is gone; false when it is still there after `ms`. */
export async function gone(pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 50) {
    if (!isAlive(pid)) return true;
    await sleep(50);
  }
  return !isAlive(pid);
}

/**
 * Stops a PostgreSQL: fast shutdown (open transactions are rolled back, a checkpoint is written); when it does not
 * answer, immediate shutdown, after which the next start recovers from the log. Answers false when it is still there.
 */
export async function stopPostgres(pid: number, patienceMs = 20_000): Promise<boolean> {
  for (const [signal, wait] of [
    ['SIGINT', patienceMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return true;
      throw error;
    }
    if (await gone(pid, wait)) return true;
  }
  return false;
}
