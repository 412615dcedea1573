/** When to try again, and how fast to go. Pure: clock and chance are the caller's. */

export const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Wait before attempt `attempts` + 1 of one message: doubling, at most an hour, spread by half to one and a half. */
export function retryDelay(attempts: number, chance: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts) * (0.5 + chance);
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How the server itself is doing. While it is in trouble one connection probes, in growing intervals, and the others
 * wait; no message pays for it with an attempt.
 */
export class ServerHealth {
  #failures = 0;
  #until = 0;

  get inTrouble(): boolean {
    return this.#failures > 0;
  }

  /** Ms to wait from now on before the next connection is tried. */
  waitFor(now: number): number {
    return Math.max(0, this.#until - now);
  }

  /** Failures that come together count once. */
  failed(now: number, chance: number): void {
    if (now < this.#until) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures) * (0.5 + chance);
    this.#failures = Math.min(this.#failures + 1, 20);
    this.#until = now + pause;
  }

  worked(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}

/** Evenly spaced turns: `limit` per `perMs`. */
export class Throttle {
  #next = 0;
  readonly #spacing: number;

  constructor(rate: { limit: number; perMs: number } | null) {
    this.#spacing = rate ? rate.perMs / rate.limit : 0;
  }

  /** Takes a turn; answers the ms to wait for it. */
  turn(now: number): number {
    if (this.#spacing === 0) return 0;
    const at = Math.max(now, this.#next);
    this.#next = at + this.#spacing;
    return at - now;
  }
}
