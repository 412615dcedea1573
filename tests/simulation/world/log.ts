import { createHash } from 'node:crypto';

const KEPT_STEPS = 40;

/** What happened, in order. Its digest tells whether two runs were the same; its end is shown when a run fails. */
export class EventLog {
  readonly #hash = createHash('sha256');
  readonly #steps: string[][] = [];
  readonly #now: () => number;
  readonly #echo: boolean;

  constructor(now: () => number, echo: boolean) {
    this.#now = now;
    this.#echo = echo;
  }

  /** Begins a step: one thing somebody does, with what follows from it. */
  step(number: number, words: string): void {
    this.#steps.push([]);
    if (this.#steps.length > KEPT_STEPS) this.#steps.shift();
    this.add(`#${number} ${words}`);
  }

  add(words: string): void {
    const line = `${this.#now()} ${words}`;
    this.#hash.update(line).update('\n');
    if (this.#echo) process.stderr.write(`${line}\n`);
    this.#steps.at(-1)?.push(line);
  }

  tail(): string {
    return this.#steps.flat().join('\n');
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
