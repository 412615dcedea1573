/** Entry of the thread that encodes chunks. It only wires. */
import { parentPort } from 'node:worker_threads';
import { type EncodeJob, encodeRows } from './encode-chunk.ts';

parentPort?.on('message', (job: EncodeJob) => {
  const encoded = encodeRows(job);
  parentPort?.postMessage(encoded, encoded.data ? [encoded.data.buffer] : []);
});
