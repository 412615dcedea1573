import type { Logger } from 'pino';

/**
 * Runs `work` again and again, one at a time: at once after a poke, else when `idleMs` have passed. `work` answers whether
 * there is more to do right now. A failure is logged and tried again a little later.
 */
export function createLoop(options: {
  idleMs: number;
  /** Shortest time from the end of one run to the next, to gather pokes. */
  gapMs: number;
  work: () => Promise<boolean>;
  log: Pick<Logger, 'error'>;
  name: string;
}): { start: () => void; poke: () => void; stop: () => Promise<void> } {
  const { idleMs, gapMs, work, log, name } = options;
  let stopping = false;
  let poked = false;
  let idling = false;
  let wake: (() => void) | null = null;
  let running: Promise<void> | null = null;

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    while (!stopping) {
      poked = false;
      let more = false;
      try {
        more = await work();
      } catch (error) {
        log.error({ err: error, loop: name }, 'background work failed; it is tried again');
        await sleep(Math.max(gapMs, 1_000));
      }
      if (stopping || more) continue;
      await sleep(gapMs);
      idling = !poked && !stopping;
      if (idling) await sleep(idleMs);
      idling = false;
    }
  }

  return {
    start() {
      running ??= run();
    },
    poke() {
      poked = true;
      if (idling) wake?.();
    },
    async stop() {
      stopping = true;
      wake?.();
      await running;
    },
  };
}
