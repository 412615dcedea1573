/**
 * Time in the second tier is real: PostgreSQL and its locks cannot be told to wait. What only waits (the app's patience
 * before it tries again, the network's delays) is made shorter.
 */
import type { World } from '../world/world.ts';

const FASTER = 10;
const realTimeout = globalThis.setTimeout;
const realInterval = globalThis.setInterval;

/** Makes every timer of this process end sooner. */
export function hurry(): void {
  const soon = (ms: number | undefined): number => Number(ms ?? 0) / FASTER;
  Object.assign(globalThis, {
    setTimeout: (call: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      realTimeout(call, soon(ms), ...args),
    setInterval: (call: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      realInterval(call, soon(ms), ...args),
  });
}

/** Really this long. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    realTimeout(resolve, ms);
  });

/** Answers null when it takes longer. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return Promise.race([work, pause(ms).then(() => null)]);
}

/** The clock of the network: its delays are hurried like all others. */
export const hurriedClock: World['clock'] = {
  get now() {
    return Date.now();
  },
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
  set(call, ms) {
    setTimeout(call, ms);
    return { at: 0, order: 0, call, every: null, live: true };
  },
};
