import { DataFailure } from './data-failure.ts';

/** What was waited for ended because this account is being closed; it may be opened again at once. */
export class Stopped extends DataFailure {
  constructor() {
    super({ code: 'offline', message: 'Synchronising was stopped.' });
  }
}

/** What is under way with something that will be closed: closing waits for it, and nothing begins any more. */
export class UnderWay {
  readonly #works = new Set<Promise<unknown>>();
  #over = false;

  /** Rejects with Stopped once the end has begun. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#over) throw new Stopped();
    const running = work();
    this.#works.add(running);
    try {
      return await running;
    } finally {
      this.#works.delete(running);
    }
  }

  /** Lets nothing more begin; resolves when everything under way is done, well or not. */
  async end(): Promise<void> {
    this.#over = true;
    await Promise.allSettled(this.#works);
  }
}
