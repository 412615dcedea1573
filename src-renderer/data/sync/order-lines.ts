/** Lines of orders are many and looked at one order at a time: which of their chunks are in the engine. */
import type { Engine } from '#renderer/data/columns/engine.ts';
import { tables } from '#shared/columns/tables.ts';
import type { ChunkLoader } from './chunk-loader.ts';
import type { HeldManifest } from './kept-chunks.ts';

export type OrderLinesOptions = {
  engine: Engine;
  loader: ChunkLoader;
  /** The generation in use. */
  manifest: () => HeldManifest | null;
};

export class OrderLines {
  readonly #options: OrderLinesOptions;
  /** Indexes of the chunks that are in the engine. */
  readonly #held = new Set<number>();
  #all = false;

  constructor(options: OrderLinesOptions) {
    this.#options = options;
  }

  /** Somebody asked for all of them, and they are there: a computed field looks at them. */
  get all(): boolean {
    return this.#all;
  }

  holdAll(manifest: HeldManifest): void {
    this.#all = true;
    for (const { table, index } of manifest.chunks) if (table === 'orderLine') this.#held.add(index);
  }

  /** A generation came into use without any. */
  holdNone(): void {
    this.#all = false;
    this.#held.clear();
  }

  /** Resolves when the lines of these orders can be read. */
  async need(orderRowIds: readonly number[]): Promise<void> {
    const { engine, loader, manifest: current } = this.#options;
    const { span } = tables.orderLine;
    const wanted = new Set(orderRowIds.map((id) => Math.floor(id / span)).filter((index) => !this.#held.has(index)));
    const manifest = current();
    if (!manifest || wanted.size === 0) return;
    const parts = await loader.loadSome(manifest, 'orderLine', wanted);
    // Another generation came meanwhile: these chunks are of no use.
    if (manifest !== current()) return this.need(orderRowIds);
    const fresh = parts.filter(({ first }) => !this.#held.has(first / span));
    for (const index of wanted) this.#held.add(index);
    if (fresh.length > 0) engine.store.addBase('orderLine', fresh);
  }
}
