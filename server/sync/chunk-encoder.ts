/**
 * Encodes chunks beside the event loop: a full one takes up to a second of work, in which nobody would be answered. The
 * thread lives only while something is built, because it costs memory.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type EncodedChunk, type EncodeJob, encodeRows } from './encode-chunk.ts';

export type ChunkEncoder = {
  /** One at a time. */
  encode(job: EncodeJob): Promise<EncodedChunk>;
  close(): Promise<void>;
};

/** Rows of less text than this are encoded in a few milliseconds: a thread would take longer to start. */
const SMALL = 200_000;

const sizeOf = ({ rows }: EncodeJob): number =>
  Object.values(rows.cells).reduce((sum, text) => sum + (text?.length ?? 0), 0);

export function createChunkEncoder(): ChunkEncoder {
  let thread: Worker | null = null;
  return {
    async encode(job) {
      if (sizeOf(job) < SMALL) return encodeRows(job);
      thread ??= new Worker(new URL('./encode-thread.ts', import.meta.url));
      thread.postMessage(job);
      // An error in the thread rejects this, and ends the thread.
      const [encoded]: EncodedChunk[] = await once(thread, 'message').catch((error: unknown) => {
        thread = null;
        throw error;
      });
      if (!encoded) throw new Error('The thread answered nothing.');
      return encoded;
    },
    async close() {
      await thread?.terminate();
      thread = null;
    },
  };
}
