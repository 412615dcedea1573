import { readFile } from 'node:fs/promises';
import { treeOf } from '#tests/kill/process-tree.ts';

/** Bytes of a process; shared pages are counted once over all that share them. Linux only. */
export async function pssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Bytes of all processes of this run's browser that show pages or run workers. */
export async function renderersPss(): Promise<number> {
  let bytes = 0;
  for (const pid of await treeOf(process.pid)) {
    // A process may end while it is looked at.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('--type=renderer')) bytes += await pssOf(pid);
  }
  if (bytes === 0) throw new Error('No browser of this run was found.');
  return bytes;
}
