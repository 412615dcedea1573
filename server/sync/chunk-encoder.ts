/**
 * Encodes chunks beside the event loop: a full one takes up to a second of work, in which nobody would be answered. The
 * thread lives only while something is built, because it costs memory.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
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

/** `entry` is what the thread runs. */
export function createChunkEncoder(
  log: Pick<Logger, 'warn'>,
  entry = new URL('./encode-thread.ts', import.meta.url),
): ChunkEncoder {
  let thread: Worker | null = null;
  let threadless = false;

  async function encodeBeside(job: EncodeJob): Promise<EncodedChunk | null> {
    thread ??= new Worker(entry);
    thread.postMessage(job);
    // An error in the thread rejects this, and ends the thread.
    const [encoded]: (EncodedChunk | undefined)[] = await once(thread, 'message');
    return encoded ?? null;
  }

  return {
    async encode(job) {
      if (threadless || sizeOf(job) < SMALL) return encodeRows(job);
      try {
        const encoded = await encodeBeside(job);
        if (encoded) return encoded;
      } catch (error) {
        // Without a thread (an archive it cannot be started from, no memory for it) the work is slower for others, not wrong.
        log.warn({ err: error }, 'chunks are encoded without a thread of their own');
        threadless = true;
        thread = null;
      }
      return encodeRows(job);
    },
    async close() {
      await thread?.terminate();
      thread = null;
    },
  };
}
