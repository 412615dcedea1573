/**
 * One process at a time owns a data folder. The lock is a file naming the process; it counts only while that very
 * process lives (a process id alone may have been given to another program since), so a kill -9 leaves nothing to clean.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { codeOf, StartError } from '#server/start-error.ts';
import { bornAt, isAlive } from './postgres-process.ts';

const holderSchema = z.object({
  pid: z.int().positive(),
  /** When that process began, as the system tells it: tells it from a later process with the same id. */
  born: z.string(),
  /** "server", or the command that runs. */
  purpose: z.string(),
  /** Makes each taking unique. */
  token: z.string(),
});
export type LockHolder = z.infer<typeof holderSchema>;

export type DataLock = { release: () => Promise<void> };

export class FolderInUse extends StartError {
  readonly holder: LockHolder;

  constructor(dataDir: string, holder: LockHolder) {
    const who = holder.purpose === 'server' ? 'a running Muster server' : `the command "${holder.purpose}"`;
    super(
      `The data folder ${dataDir} is in use by ${who} (process ${holder.pid}). Stop it, or set MUSTER_DATA_DIR to another folder.`,
    );
    this.name = 'FolderInUse';
    this.holder = holder;
  }
}

const lockFile = (dataDir: string) => join(dataDir, 'lock');

async function readHolder(path: string): Promise<LockHolder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    // Written whole before it takes its name: what cannot be read was damaged, and names no living process.
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return { pid: 1, born: 'never', purpose: 'damaged', token: '' };
    throw error;
  }
}

const lives = async (holder: LockHolder) => isAlive(holder.pid) && (await bornAt(holder.pid)) === holder.born;

/** Whoever owns the data folder now, or null. */
export async function lockHolder(dataDir: string): Promise<LockHolder | null> {
  const holder = await readHolder(lockFile(dataDir));
  return holder && (await lives(holder)) ? holder : null;
}

/** Takes the name `path` for this draft, or answers false. A hard link either takes it or fails: two never both succeed. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces a dead process's lock by ours. Only the holder of a second lock may, and looks again under it: otherwise a
 * slower process would take away the lock of one that replaced the dead one in the meantime.
 */
async function replaceStale(path: string, draft: string, stale: LockHolder): Promise<boolean> {
  const second = `${path}.takeover`;
  if (!(await claim(draft, second))) {
    const busy = await readHolder(second);
    if (busy && !(await lives(busy))) await rm(second, { force: true });
    await sleep(10);
    return false;
  }
  try {
    if ((await readHolder(path))?.token !== stale.token) return false;
    await rename(draft, path);
    return true;
  } finally {
    await rm(second, { force: true });
  }
}

/** Takes the data folder, which must exist, or throws FolderInUse. */
export async function takeDataFolder(dataDir: string, purpose: string): Promise<DataLock> {
  const path = lockFile(dataDir);
  const mine: LockHolder = { pid: process.pid, born: await bornAt(process.pid), purpose, token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    while (!(await claim(draft, path))) {
      const holder = await readHolder(path);
      if (!holder) continue;
      if (await lives(holder)) throw new FolderInUse(dataDir, holder);
      if (await replaceStale(path, draft, holder)) break;
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readHolder(path))?.token === mine.token) await rm(path, { force: true });
    },
  };
}
