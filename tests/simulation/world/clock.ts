/**
 * A clock that stands still until somebody moves it. It takes the place of the timers and of Date for the whole process,
 * so that a run of hours takes seconds and happens in the same order every time.
 */
const nextTurn = globalThis.setImmediate;
const RealDate = globalThis.Date;

type Timer = { at: number; order: number; call: () => void; every: number | null; live: boolean };

/** What setTimeout answers. */
class Handle {
  readonly timer: Timer;
  constructor(timer: Timer) {
    this.timer = timer;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return this.timer.live;
  }
  [Symbol.dispose](): void {
    this.timer.live = false;
  }
}

export class Clock {
  #now: number;
  #order = 0;
  #heap: Timer[] = [];
  /** Timers fired so far. */
  fired = 0;

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** Forgets every timer: what belonged to the last run never comes. */
  reset(start: number): void {
    this.#now = start;
    this.#heap = [];
    this.#order = 0;
    this.fired = 0;
  }

  set(call: () => void, ms: number, every: number | null = null): Timer {
    const wait = Number.isFinite(ms) && ms > 0 ? ms : 0;
    const timer = { at: this.#now + wait, order: this.#order++, call, every, live: true };
    this.#push(timer);
    return timer;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.set(resolve, ms);
    });
  }

  /** Moves on, running every timer that comes due and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let timer = this.#pop(until); timer; timer = this.#pop(until)) {
      this.#now = Math.max(this.#now, timer.at);
      if (timer.every !== null) {
        timer.at += Math.max(1, timer.every);
        timer.order = this.#order++;
        this.#push(timer);
      }
      this.fired++;
      timer.call();
      await settle();
    }
    this.#now = until;
  }

  /** Puts this clock in the place of the process's own. */
  install(): void {
    const clock = this;
    const arm =
      (repeat: boolean) =>
      (call: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        new Handle(clock.set(() => call(...args), Number(ms ?? 0), repeat ? Number(ms ?? 0) : null));
    const disarm = (handle: unknown) => {
      if (handle instanceof Handle) handle.timer.live = false;
    };
    class VirtualDate extends RealDate {
      constructor(...args: [] | [number | string | Date]) {
        if (args.length === 0) super(clock.now);
        else super(...args);
      }
      static override now(): number {
        return clock.now;
      }
    }
    Object.assign(globalThis, {
      setTimeout: arm(false),
      setInterval: arm(true),
      clearTimeout: disarm,
      clearInterval: disarm,
      Date: VirtualDate,
    });
    performance.now = () => clock.now;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || before(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  /** The next live timer due by then. */
  #pop(until: number): Timer | null {
    for (;;) {
      const first = this.#heap[0];
      if (!first || (first.live && first.at > until)) return null;
      this.#takeFirst();
      if (first.live) return first;
    }
  }

  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (!left) break;
      const smaller = right && before(right, left) ? right : left;
      if (before(last, smaller)) break;
      heap[at] = smaller;
      at = smaller === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves when everything that can happen without time passing has happened. */
export function settle(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
