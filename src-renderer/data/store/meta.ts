import type { z } from 'zod';
import type { UserStore } from './user-store.ts';

/** Small values by key, checked on the way out. A value that no longer fits its schema counts as missing. */
export class MetaStore {
  readonly #store: UserStore;

  constructor(store: UserStore) {
    this.#store = store;
  }

  async get<T>(key: string, schema: z.ZodType<T>): Promise<T | null> {
    const row = await this.#store.db.meta.findOne(key).exec();
    if (!row) return null;
    const parsed = schema.safeParse(row.toMutableJSON().value);
    return parsed.success ? parsed.data : null;
  }

  async set(key: string, value: Record<string, unknown>): Promise<void> {
    await this.#store.db.meta.upsert({ key, value });
  }

  async setAll(entries: { key: string; value: Record<string, unknown> }[]): Promise<void> {
    if (entries.length > 0) await this.#store.db.meta.bulkUpsert(entries);
  }

  /** Values of all keys that begin alike, in the order of their keys. */
  async list<T>(prefix: string, schema: z.ZodType<T>): Promise<{ key: string; value: T }[]> {
    const rows = await this.#store.db.meta
      .find({ selector: { key: { $gte: prefix, $lt: `${prefix}\uffff` } }, sort: [{ key: 'asc' }] })
      .exec();
    const found: { key: string; value: T }[] = [];
    for (const row of rows) {
      const parsed = schema.safeParse(row.toMutableJSON().value);
      if (parsed.success) found.push({ key: row.key, value: parsed.data });
    }
    return found;
  }

  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#store.db.meta.bulkRemove([...keys]);
  }

  /** Frees the space of what was removed: RxDB keeps a tombstone with the whole value. */
  async purge(): Promise<void> {
    await this.#store.db.meta.cleanup(0);
  }
}
