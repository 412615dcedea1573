type Waiting<T, R> = { item: T; done: (result: R) => void; fail: (error: unknown) => void };

/** Commits in flight at a time. The second hides the first one's latency; more would only make the groups smaller. */
const IN_FLIGHT = 2;

/** Gathers items while earlier commits run, and writes what has gathered in one. `write` answers one result per item. */
export class GroupCommit<T, R> {
  #waiting: Waiting<T, R>[] = [];
  #running = 0;
  readonly #write: (items: T[]) => Promise<R[]>;

  constructor(write: (items: T[]) => Promise<R[]>) {
    this.#write = write;
  }

  add(item: T): Promise<R> {
    return new Promise((done, fail) => {
      this.#waiting.push({ item, done, fail });
      // What comes in the same turn of the event loop shares the commit.
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    if (this.#running >= IN_FLIGHT || this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = [];
    this.#running++;
    void this.#commit(group).then(() => {
      this.#running--;
      this.#next();
    });
  }

  async #commit(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#write(group.map(({ item }) => item));
      group.forEach(({ done, fail }, index) => {
        const result = results[index];
        if (index in results) done(result as R);
        else fail(new Error('a group commit must answer for each item'));
      });
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}
