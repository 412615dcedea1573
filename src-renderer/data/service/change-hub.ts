import type { Change } from '#renderer/data/data-api.ts';

type Listener = (change: Change) => unknown;

/** Changes that come in a burst are told once. */
const GATHER_MS = 25;

export class ChangeHub {
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Map<string, Change>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: Change): void {
    this.#waiting.set(`${change.topic} ${change.kind ?? ''}`, change);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const one of changes) for (const listener of this.#listeners) listener(one);
    }, GATHER_MS);
  }
}
