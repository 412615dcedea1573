/**
 * Transactions as PostgreSQL runs them at READ COMMITTED: every statement takes time, others run in between, writes are
 * seen when they are committed, and a locked row makes the next one wait. A killed process's transactions are undone.
 */
import type { Random } from '../world/random.ts';
import type { State } from './state.ts';

/** A promise of somebody who died. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** One server process: its connections end with it. */
export class Process {
  alive = true;
  readonly #ends = new Set<() => void>();

  /** Answers a function that takes the call back. */
  onEnd(call: () => void): () => void {
    this.#ends.add(call);
    return () => this.#ends.delete(call);
  }

  end(): void {
    this.alive = false;
    for (const call of [...this.#ends]) call();
    this.#ends.clear();
  }
}

type Lock = { owner: Transaction; waiting: { tx: Transaction; go: () => void }[] };

export class Database {
  state: State;
  readonly #random: Random;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #locks = new Map<string, Lock>();
  readonly #running = new Set<Transaction>();
  #nextXid = 1;

  constructor(state: State, random: Random, sleep: (ms: number) => Promise<void>) {
    this.state = state;
    this.#random = random;
    this.#sleep = sleep;
  }

  /** The time a statement takes; never comes back to a process that died meanwhile. */
  async statement(process: Process): Promise<void> {
    if (!process.alive) return never();
    await this.#sleep(this.#random.chance(0.06) ? this.#random.int(50, 900) : this.#random.int(0, 12));
    if (!process.alive) return never();
  }

  /** Reads what is committed when the statement runs. */
  async read<T>(process: Process, query: (state: State) => T): Promise<T> {
    await this.statement(process);
    return query(this.state);
  }

  /** Runs steps in one transaction; an error undoes it. */
  async transaction<T>(process: Process, steps: (tx: Transaction) => Promise<T>): Promise<T> {
    const tx = new Transaction(this, process, this.#nextXid++);
    this.#running.add(tx);
    const off = process.onEnd(() => this.finish(tx));
    try {
      await this.statement(process);
      const result = await steps(tx);
      await this.statement(process);
      if (!tx.over) {
        for (const write of tx.writes) write(this.state);
      }
      return result;
    } finally {
      off();
      this.finish(tx);
    }
  }

  /** Oldest transaction still under way: what a half-right reader asks for. */
  oldestRunning(): number {
    return Math.min(this.#nextXid, ...[...this.#running].map(({ xid }) => xid));
  }

  lock(tx: Transaction, key: string): Promise<void> {
    const lock = this.#locks.get(key);
    if (!lock) {
      this.#locks.set(key, { owner: tx, waiting: [] });
      return Promise.resolve();
    }
    if (lock.owner === tx) return Promise.resolve();
    return new Promise((go) => lock.waiting.push({ tx, go }));
  }

  /** True when nobody held it. */
  tryLock(tx: Transaction, key: string): boolean {
    if (this.#locks.has(key)) return false;
    this.#locks.set(key, { owner: tx, waiting: [] });
    return true;
  }

  finish(tx: Transaction): void {
    if (tx.over) return;
    tx.over = true;
    this.#running.delete(tx);
    for (const [key, lock] of this.#locks) {
      lock.waiting = lock.waiting.filter((one) => one.tx !== tx);
      if (lock.owner !== tx) continue;
      const next = lock.waiting.shift();
      if (!next) this.#locks.delete(key);
      else {
        lock.owner = next.tx;
        next.go();
      }
    }
  }

  /** The whole database is put back to an older state: whoever was in the middle of something finds it gone. */
  replace(state: State): void {
    for (const tx of this.#running) this.finish(tx);
    this.#locks.clear();
    this.state = state;
  }
}

export class Transaction {
  over = false;
  readonly xid: number;
  readonly writes: ((state: State) => void)[] = [];
  readonly #database: Database;
  readonly #process: Process;

  constructor(database: Database, process: Process, xid: number) {
    this.#database = database;
    this.#process = process;
    this.xid = xid;
  }

  /** Waits until the row is this transaction's own. */
  async lock(key: string): Promise<void> {
    await this.#database.statement(this.#process);
    await this.#database.lock(this, key);
    if (!this.#process.alive) return never();
  }

  tryLock(key: string): boolean {
    return this.#database.tryLock(this, key);
  }

  read<T>(query: (state: State) => T): Promise<T> {
    return this.#database.read(this.#process, query);
  }

  /** Becomes true for others at the commit. */
  write(change: (state: State) => void): void {
    this.writes.push(change);
  }
}
