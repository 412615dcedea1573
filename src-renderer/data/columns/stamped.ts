import type { TableName } from '#shared/columns/tables.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import type { ColumnStore } from './column-store.ts';

/** Keeps computed values for as long as the tables they came from stay as they are; the least recently used go first. */
export class Stamped {
  readonly #store: ColumnStore;
  readonly #limit: number;
  readonly #kept = new Map<string, { tables: readonly TableName[]; stamps: readonly number[]; value: unknown }>();

  constructor(store: ColumnStore, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** The kept value, or a new one. A key always stands for one type: it is made at one place in the code. */
  get<T>(key: string, tables: readonly TableName[], make: () => T): T {
    const known = this.#find(key);
    if (known) return known.value as T;
    const stamps = this.#stampsOf(tables);
    return this.#keep(key, tables, stamps, make());
  }

  /** {@link get} of what is made with pauses. The tables must stay as they are until the end. */
  *steps<T>(key: string, tables: readonly TableName[], make: () => Steps<T>): Steps<T> {
    const known = this.#find(key);
    if (known) return known.value as T;
    const stamps = this.#stampsOf(tables);
    return this.#keep(key, tables, stamps, yield* make());
  }

  #stampsOf(tables: readonly TableName[]): number[] {
    return tables.map((table) => this.#store.stamp(table));
  }

  #find(key: string): { value: unknown } | null {
    const entry = this.#kept.get(key);
    if (!entry?.tables.every((table, at) => this.#store.stamp(table) === entry.stamps[at])) return null;
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    return entry;
  }

  #keep<T>(key: string, tables: readonly TableName[], stamps: readonly number[], value: T): T {
    this.#kept.delete(key);
    this.#kept.set(key, { tables, stamps, value });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limit) break;
      this.#kept.delete(oldest);
    }
    return value;
  }
}
