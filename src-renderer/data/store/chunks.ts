import type { ChunkRef } from '#shared/sync/wire.schema.ts';
import type { UserStore } from './user-store.ts';

const BYTES = 'bytes';

/** Column chunks by hash. A row without its bytes (a crash between the two writes) counts as missing. */
export class ChunkStore {
  readonly #store: UserStore;

  constructor(store: UserStore) {
    this.#store = store;
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
    const row = await this.#store.db.chunks.upsert({ hash, table, index, rows, bytes: bytes.byteLength });
    await row.putAttachment({ id: BYTES, type: 'application/octet-stream', data: new Blob([bytes]) });
  }

  /** Bytes of a chunk; null when they are not here. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const row = await this.#store.db.chunks.findOne(hash).exec();
    const blob = await row?.getAttachment(BYTES)?.getData();
    return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
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
}
