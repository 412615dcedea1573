import type { Deps } from '#server/service.ts';
import type { Hint } from '#shared/sync/wire.schema.ts';
import { readFeed } from './feed.ts';
import { readGeneration } from './generations.ts';

/** A lost wake-up is found by looking this often. */
const LOOK_EVERY_MS = 5_000;
/** Hints to one client are at least this far apart: a newer one replaces those between. */
const GAP_MS = 50;

/** Ends when the client goes or the server stops. */
export async function* streamHints(
  { db, wake }: Pick<Deps, 'db' | 'wake'>,
  signals: readonly AbortSignal[],
): AsyncGenerator<Hint, void, void> {
  let changed = true;
  let resume: (() => void) | undefined;
  const poke = () => {
    changed = true;
    resume?.();
  };
  const aborted = () => signals.some((signal) => signal.aborted);
  const pause = (ms: number, over: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (over()) return resolve();
      const timer = setTimeout(resolve, ms);
      resume = () => {
        if (!over()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  // Listening begins before the first read, so that no change falls between (HINT-2).
  const offs = [wake.on('feed', poke), wake.on('generation', poke)];
  for (const signal of signals) signal.addEventListener('abort', poke);
  try {
    let last: Hint | null = null;
    while (!aborted()) {
      changed = false;
      const { version, epoch } = await readFeed(db);
      const hint = { version, epoch, generation: await readGeneration(db) };
      if (aborted()) return;
      if (!last || hint.version !== last.version || hint.generation !== last.generation || hint.epoch !== last.epoch) {
        last = hint;
        yield hint;
      }
      await pause(GAP_MS, aborted);
      await pause(LOOK_EVERY_MS, () => changed || aborted());
    }
  } finally {
    for (const off of offs) off();
    for (const signal of signals) signal.removeEventListener('abort', poke);
  }
}
