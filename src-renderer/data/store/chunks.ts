import type { RxDocument } from 'rxdb/plugins/core';
import { personalTables, type TableName } from '#shared/columns/tables.ts';
import type { ChunkRef } from '#shared/sync/wire.schema.ts';
import { chunkContext } from './rotation.ts';
import type { ChunkRow } from './schemas.ts';
import { isSealed, SealError } from './sealer.ts';
import type { UserStore } from './user-store.ts';

const BYTES = 'bytes';

/** Column chunks by hash; those of personal tables are sealed. A row without its bytes (a crash between the two writes) counts as missing. */
export class ChunkStore {
  readonly #store: UserStore;

  /** Compared with their hash before they were stored, in this life of the worker. */
  readonly #fetched = new Set<string>();
  readonly #sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

  constructor(store: UserStore, sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>) {
    this.#store = store;
    this.#sha256 = sha256;
  }

  /** Which of the hashes are on this device, bytes included. */
  async present(hashes: readonly string[]): Promise<Set<string>> {
    const rows = await this.#store.db.chunks.findByIds([...hashes]).exec();
    const found = new Set<string>();
    for (const [hash, row] of rows) if (row.getAttachment(BYTES)) found.add(hash);
    return found;
  }

  async put(ref: ChunkRef, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { hash, table, index, rows } = ref;
    const { sealer } = this.#store.keyring;
    const stored = personalTables.includes(table) ? await sealer.seal(bytes, chunkContext(hash)) : bytes;
    this.#fetched.add(hash);
    const row = await this.#store.db.chunks.upsert({
      hash,
      table,
      index,
      rows,
      bytes: bytes.byteLength,
      checked: false,
    });
    await row.putAttachment({ id: BYTES, type: 'application/octet-stream', data: new Blob([stored]) });
  }

  /**
   * Bytes of a chunk; null when they are not here, were damaged, or are another chunk's. They are compared with their hash
   * the first time they are read; sealed ones prove themselves whenever they are opened.
   */
  async read(ref: ChunkRef): Promise<Uint8Array<ArrayBuffer> | null> {
    const row = await this.#store.db.chunks.findOne(ref.hash).exec();
    if (!row) return null;
    const bytes = await this.#sound(row, ref);
    // RxDB would not write bytes again that it believes to have.
    if (!bytes) await this.drop(ref.hash);
    return bytes;
  }

  async #sound(row: RxDocument<ChunkRow>, { hash, bytes: size }: ChunkRef): Promise<Uint8Array<ArrayBuffer> | null> {
    const blob = await this.#blobOf(row);
    if (!blob) return null;
    const stored = new Uint8Array(await blob.arrayBuffer());
    const bytes = isSealed(stored) ? await this.#open(stored, hash) : stored;
    if (!bytes || bytes.byteLength !== size) return null;
    if (row.checked || this.#fetched.has(hash) || isSealed(stored)) return bytes;
    if ((await this.#sha256(bytes)) !== hash) return null;
    await row.incrementalPatch({ checked: true });
    return bytes;
  }

  /** Deletes every chunk that is not named. Answers how many went. */
  async keepOnly(hashes: ReadonlySet<string>): Promise<number> {
    const rows = await this.#store.db.chunks.find().exec();
    const gone = rows.filter((row) => !hashes.has(row.hash));
    if (gone.length === 0) return 0;
    for (const row of gone) await row.getAttachment(BYTES)?.remove();
    await this.#store.db.chunks.bulkRemove(gone.map((row) => row.hash));
    await this.#store.db.chunks.cleanup(0);
    return gone.length;
  }

  /** Forgets a chunk whose bytes are damaged. */
  async drop(hash: string): Promise<void> {
    const row = await this.#store.db.chunks.findOne(hash).exec();
    await row?.getAttachment(BYTES)?.remove();
    await row?.getLatest().remove();
  }

  /** What lies here of each table. */
  async sizes(): Promise<{ table: TableName; rows: number; bytes: number }[]> {
    const rows = await this.#store.db.chunks.find().exec();
    return rows.map(({ table, rows: count, bytes }) => ({ table, rows: count, bytes }));
  }

  async #open(stored: Uint8Array<ArrayBuffer>, hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      return await this.#store.keyring.sealer.open(stored, chunkContext(hash));
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }

  /** A row can name bytes that the browser lost. */
  async #blobOf(row: RxDocument<ChunkRow>): Promise<Blob | null> {
    const attachment = row.getAttachment(BYTES);
    if (!attachment) return null;
    try {
      return await attachment.getData();
    } catch (error) {
      if (error instanceof Error && /attachment (missing|does not exist)/.test(error.message)) return null;
      throw error;
    }
  }
}
