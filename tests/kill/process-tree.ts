import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process and all that descend from it, parents first. Linux only: it reads /proc. */
export async function treeOf(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is looked at.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const one of tree) tree.push(...(children.get(one) ?? []));
  return tree;
}

/**
 * SIGKILL to the whole tree; answers when nothing of it is left. Each process is frozen before the next is looked for, so
 * that none is born unseen.
 */
export async function killTree(pid: number): Promise<void> {
  let tree: number[] = [];
  for (let found = [pid]; found.length > tree.length; found = await treeOf(pid)) {
    tree = found;
    for (const one of tree) signal(one, 'SIGSTOP');
  }
  for (const one of tree) signal(one, 'SIGKILL');
  while ((await Promise.all(tree.map(isRunning))).some(Boolean)) await sleep(10);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state !== '' && state !== 'Z';
}
