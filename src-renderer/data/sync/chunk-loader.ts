import type { ChunkStore } from '#renderer/data/store/chunks.ts';
import { ChunkError, decodeChunk } from '#shared/columns/chunk.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import type { ChunkRef, Manifest } from '#shared/sync/wire.schema.ts';

/** Chunks from this device as parts; one that is part of the next generation too is not decoded twice. */
export class ChunkLoader {
  readonly #chunks: ChunkStore;
  /** Fetches a chunk again whose bytes are missing or damaged; rejects when the server is away. */
  readonly #restore: (ref: ChunkRef) => Promise<boolean>;
  readonly #decoded = new Map<string, Promise<TablePart>>();

  constructor(chunks: ChunkStore, restore: (ref: ChunkRef) => Promise<boolean>) {
    this.#chunks = chunks;
    this.#restore = restore;
  }

  async load(manifest: Manifest, tables: readonly TableName[]): Promise<Map<TableName, TablePart[]>> {
    const loaded = await Promise.all(
      tables.map(async (table): Promise<[TableName, TablePart[]]> => {
        const refs = manifest.chunks.filter((ref) => ref.table === table).sort((a, b) => a.index - b.index);
        return [table, await Promise.all(refs.map((ref) => this.#part(ref)))];
      }),
    );
    return new Map(loaded);
  }

  /** Some chunks of a table. Indexes the generation does not have are left out. */
  async loadSome(manifest: Manifest, table: TableName, indexes: ReadonlySet<number>): Promise<TablePart[]> {
    const refs = manifest.chunks.filter((ref) => ref.table === table && indexes.has(ref.index));
    return Promise.all(refs.map((ref) => this.#part(ref)));
  }

  /** Forgets what the generation does not name. */
  keepOnly(manifest: Manifest): void {
    const named = new Set(manifest.chunks.map(({ hash }) => hash));
    for (const hash of this.#decoded.keys()) if (!named.has(hash)) this.#decoded.delete(hash);
  }

  #part(ref: ChunkRef): Promise<TablePart> {
    let part = this.#decoded.get(ref.hash);
    if (!part) {
      part = this.#open(ref);
      this.#decoded.set(ref.hash, part);
      // What failed is tried again by the next who asks.
      part.catch(() => this.#decoded.delete(ref.hash));
    }
    return part;
  }

  async #open(ref: ChunkRef): Promise<TablePart> {
    const part = (await this.#read(ref)) ?? ((await this.#restore(ref)) ? await this.#read(ref) : null);
    if (!part) throw new Error(`Chunk ${ref.table} ${ref.index} is missing on this device and on the server.`);
    return part;
  }

  async #read(ref: ChunkRef): Promise<TablePart | null> {
    const bytes = await this.#chunks.read(ref);
    if (!bytes) return null;
    try {
      const part = decodeChunk(bytes);
      if (part.table === ref.table && part.index === ref.index && liveRows(part) === ref.rows) return part;
      await this.#chunks.drop(ref.hash);
      return null;
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      await this.#chunks.drop(ref.hash);
      return null;
    }
  }
}

/** Rows that exist: a dense part has a place for every key between. */
function liveRows({ rows, live }: TablePart): number {
  return live ? live.reduce((sum, one) => sum + one, 0) : rows;
}
