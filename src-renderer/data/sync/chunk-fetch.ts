import type { ChunkStore } from '#renderer/data/store/chunks.ts';
import type { ChunkRef, Manifest } from '#shared/sync/wire.schema.ts';
import type { Connection } from './connection.ts';
import { DataFailure } from './data-failure.ts';
import type { Server } from './server-client.ts';

/** Downloads at once. The browser allows six connections to a server, and the stream of hints holds one. */
const LANES = 4;
const ATTEMPTS = 3;

/** Where chunks come from and go to. */
export type ChunkSource = {
  chunks: ChunkStore;
  server: Server;
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
};

type Options = ChunkSource & {
  connection: Connection;
  signal: AbortSignal;
  onTransfer: (transfer: { done: number; total: number }) => void;
};

/** Brings every missing chunk of a generation to this device. False when the server no longer has one of them. */
export async function fetchMissing(manifest: Manifest, options: Options): Promise<boolean> {
  const { chunks, server, sha256, signal, onTransfer, connection } = options;
  const present = await chunks.present(manifest.chunks.map(({ hash }) => hash));
  const missing = manifest.chunks.filter(({ hash }) => !present.has(hash));
  const transfer = { done: 0, total: missing.reduce((sum, { bytes }) => sum + bytes, 0) };
  if (missing.length > 0) onTransfer({ ...transfer });
  let gone = false;
  let failed = false;
  const queue = [...missing];
  const lane = async () => {
    for (let ref = queue.shift(); ref && !gone && !failed; ref = queue.shift()) {
      signal.throwIfAborted();
      const call: Call = (action, final) => connection.insist(action, final);
      if (!(await fetchOne(ref, { chunks, server, sha256, signal, call }))) gone = true;
      transfer.done += ref.bytes;
      onTransfer({ ...transfer });
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  try {
    await Promise.all(lanes);
  } catch (error) {
    failed = true;
    await Promise.allSettled(lanes);
    throw error;
  }
  return !gone;
}

/** How a request is made: once, or again and again until the server is there. */
export type Call = <T>(action: () => Promise<T>, final: (failure: DataFailure) => boolean) => Promise<T>;

/** Fetches, checks and stores one chunk. Bytes that do not match their address are fetched again. False = not found. */
export async function fetchOne(
  ref: ChunkRef,
  { chunks, server, sha256, call, signal }: ChunkSource & { call: Call; signal: AbortSignal },
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await call(
        () => server.fetchChunk(ref.hash, signal),
        (failure) => failure.data.code === 'not_found' || signal.aborted,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DataFailure && error.data.code === 'not_found') return false;
      throw error;
    }
    if ((await sha256(bytes)) === ref.hash) {
      await chunks.put(ref, bytes);
      return true;
    }
    if (attempt === ATTEMPTS) {
      const message = `The download of ${ref.table} data arrived damaged ${ATTEMPTS} times.`;
      throw new DataFailure({ code: 'internal', message });
    }
  }
}
