/** Work that is asked for often and done once: one at a time, and requests that come while one waits for its turn are one. */
export class Coalesced {
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> = Promise.resolve();
  #waits = false;
  #stopped = false;

  constructor(work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  soon(): void {
    if (this.#waits || this.#stopped) return;
    this.#waits = true;
    this.#running = this.#running
      .then(() => {
        this.#waits = false;
        return this.#stopped ? undefined : this.#work();
      })
      .catch(this.#onError);
  }

  /** Begins nothing more; resolves when what runs is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}
