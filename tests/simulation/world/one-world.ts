/**
 * The world of this process. Importing this puts its clock, chance, crypto and blobs in the place of the process's own:
 * from then on nothing happens but by the clock of the run.
 */
import { Clock } from './clock.ts';
import { SyncBlob, syncCrypto } from './crypto.ts';
import { EventLog } from './log.ts';
import { Random } from './random.ts';
import type { World } from './world.ts';

/** Each seed has a year of its own: RxDB's own clock never goes back, and a seed must not depend on the one before. */
const startOf = (seed: number): number => Date.UTC(2026, 10, 1) + seed * 400 * 86_400_000;
export const clock = new Clock(startOf(0));
let random = new Random(1);
clock.install();
Math.random = () => random.next();
Object.defineProperty(globalThis, 'crypto', { value: syncCrypto(() => random), configurable: true });
Object.defineProperty(globalThis, 'Blob', { value: SyncBlob, configurable: true });

/** Begins a seed; what belonged to the one before never comes. */
export function newWorld(seed: number, echo: boolean): World & { log: EventLog } {
  random = new Random(seed);
  const start = startOf(seed);
  clock.reset(start);
  const log = new EventLog(() => clock.now - start, echo);
  return { clock, random, log, counts: { conflicts: 0, merges: 0, drops: 0, crashes: 0 }, problems: [] };
}

/** Lets something come to its end; time passes. */
export async function finish<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  for (let left = 2_000; !over; left--) {
    if (left === 0) throw new Error('Something never came to an end.');
    await clock.advance(50);
  }
  return done;
}
