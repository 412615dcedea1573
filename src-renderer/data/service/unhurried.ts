/**
 * Long questions in slices, so that the worker hears of others in between: a newer question of the same asker ends the
 * older one.
 */
import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { Stopped } from '#renderer/data/sync/under-way.ts';
import type { Steps } from '#shared/kernel/steps.ts';

/** Shorter than a frame. */
const SLICE_MS = 10;
/** After so many changes of the data under a question it is answered in one go. */
const MOST_BEGINNINGS = 3;

/** Lets messages that wait be handled. Timers would wait four milliseconds each time. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export type Question<T> = {
  make: () => Steps<T>;
  /** Grows when what is asked about changes; then the answer is begun anew. */
  changes: () => number;
  signal: AbortSignal;
  /** False when what was asked is not there any more, as after a sign-out: nothing of it may be shown then. */
  isOpen: () => boolean;
};

/** Rejects with `superseded` when the signal aborts before the end, and with Stopped when what was asked is being closed. */
export async function answerUnhurried<T>({ make, changes, signal, isOpen }: Question<T>): Promise<T> {
  for (let beginning = 1; ; beginning++) {
    const before = changes();
    const steps = make();
    do {
      const until = beginning > MOST_BEGINNINGS ? Number.POSITIVE_INFINITY : performance.now() + SLICE_MS;
      do {
        const step = steps.next();
        if (step.done) return step.value;
      } while (performance.now() < until);
      await breathe();
      if (signal.aborted) throw superseded();
      if (!isOpen()) throw new Stopped();
    } while (changes() === before);
  }
}

const superseded = () =>
  new DataFailure({ code: 'superseded', message: 'A newer question took the place of this one.' });

/** Who asks what at the moment. */
export class Askers {
  readonly #open = new Map<string, { about: string; controller: AbortController }>();

  /** The signal for a question about something; one about anything else by the same asker is over. Nobody: never over. */
  begin(asker: string | undefined, about: string): AbortSignal {
    if (asker === undefined) return new AbortController().signal;
    const open = this.#open.get(asker);
    if (open?.about === about) return open.controller.signal;
    open?.controller.abort();
    const controller = new AbortController();
    this.#open.set(asker, { about, controller });
    return controller.signal;
  }
}
