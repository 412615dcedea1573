import { z } from 'zod';
import { tablesOf } from '#renderer/data/columns/column-store.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { type Entity, entities, type TableName, type TailRow, tableNames } from '#shared/columns/tables.ts';
import { type Manifest, type TailOutput, tailOutput } from '#shared/sync/wire.schema.ts';

const PREFIX = 'tail:';
/** Pages are joined when there are this many, so that a day of small changes does not make a thousand rows. */
const MOST_PAGES = 48;
const pageSchema = z.object({ answer: tailOutput });

/**
 * The tail's answers on this device, in order. An answer that reaches beyond the generation is kept whole: its rows are at
 * least as new as the chunks.
 */
export class TailLog {
  readonly #meta: MetaStore;
  #pages: { key: string; answer: TailOutput }[] = [];
  #next = 1;
  /** Answers without changes only move this; after a reload they are asked for again. */
  #reached = 0;

  constructor(meta: MetaStore) {
    this.#meta = meta;
  }

  get version(): number {
    return Math.max(this.#reached, this.#pages.at(-1)?.answer.version ?? 0);
  }

  pages(): TailOutput[] {
    return this.#pages.map(({ answer }) => answer);
  }

  async open(manifest: Manifest): Promise<void> {
    const stored = await this.#meta.list(PREFIX, pageSchema);
    this.#pages = stored.map(({ key, value }) => ({ key, answer: value.answer }));
    this.#next = Number(this.#pages.at(-1)?.key.slice(PREFIX.length) ?? 0) + 1;
    await this.rebase(manifest);
  }

  /** Drops what the generation's chunks hold already. When the tail ends before they do, nothing of it is left. */
  async rebase(manifest: Manifest): Promise<void> {
    const gone = this.#pages.filter(
      ({ answer }) =>
        answer.epoch !== manifest.epoch || answer.version <= manifest.tailFrom || this.version < manifest.tailFrom,
    );
    this.#pages = this.#pages.filter((page) => !gone.includes(page));
    if (this.version < manifest.tailFrom) this.#reached = 0;
    if (gone.length === 0) return;
    await this.#meta.remove(gone.map(({ key }) => key));
    await this.#meta.purge();
  }

  async clear(): Promise<void> {
    await this.#meta.remove(this.#pages.map(({ key }) => key));
    this.#pages = [];
    this.#reached = 0;
  }

  async add(answer: TailOutput): Promise<void> {
    this.#reached = answer.version;
    if (Object.values(answer.changed).every((keys) => keys.length === 0)) return;
    const page = { key: `${PREFIX}${String(this.#next++).padStart(12, '0')}`, answer };
    await this.#meta.set(page.key, { answer });
    this.#pages.push(page);
    if (this.#pages.length > MOST_PAGES) await this.#compact();
  }

  /** Writes all pages as one, under the newest key, before the old ones go. */
  async #compact(): Promise<void> {
    const old = this.#pages;
    const key = `${PREFIX}${String(this.#next++).padStart(12, '0')}`;
    const answer = joinTails(old.map((page) => page.answer));
    await this.#meta.set(key, { answer });
    this.#pages = [{ key, answer }];
    await this.#meta.remove(old.map((page) => page.key));
    await this.#meta.purge();
  }
}

/** One answer that says the same as several in a row: the newest rows of every key that changed. */
export function joinTails(answers: readonly TailOutput[]): TailOutput {
  const rows = new Map<TableName, Map<number, TailRow[]>>(tableNames.map((table) => [table, new Map()]));
  const changed = new Map<Entity, Set<number>>(entities.map((entity) => [entity, new Set()]));
  for (const answer of answers) {
    for (const entity of entities) {
      const keys = answer.changed[entity] ?? [];
      for (const key of keys) changed.get(entity)?.add(key);
      for (const table of tablesOf(entity)) for (const key of keys) rows.get(table)?.delete(key);
    }
    for (const table of tableNames) {
      const store = rows.get(table);
      for (const row of answer.rows[table] ?? []) store?.set(row.key, [...(store.get(row.key) ?? []), row]);
    }
  }
  const last = answers.at(-1);
  return {
    epoch: last?.epoch ?? '',
    version: last?.version ?? 0,
    more: last?.more ?? false,
    changed: Object.fromEntries([...changed].map(([entity, keys]) => [entity, [...keys]])),
    rows: Object.fromEntries([...rows].map(([table, store]) => [table, [...store.values()].flat()])),
  };
}
