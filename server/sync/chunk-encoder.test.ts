import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { rowsOf } from '#shared/columns/rows.ts';
import { type ChunkEncoder, createChunkEncoder } from './chunk-encoder.ts';
import { type EncodeJob, encodeRows } from './encode-chunk.ts';

/** As PostgreSQL answers a chunk of events. */
function job(rows: number, known: string | null = null): EncodeJob {
  const keys = Array.from({ length: rows }, (_, at) => at + 1);
  const text = (make: (key: number) => unknown) => JSON.stringify(keys.map(make));
  const cells = {
    rowId: text((key) => key),
    contactId: text((key) => key % 50),
    at: text((key) => 1_700_000_000_000 + key),
    type: text((key) => `event ${key % 3}`),
  };
  return { table: 'event', index: 0, rows: { keys: JSON.stringify(keys), cells }, known };
}

const warnings: unknown[] = [];
const log = { warn: (...said: unknown[]) => warnings.push(said) };
let encoder: ChunkEncoder | null = null;
afterEach(async () => {
  await encoder?.close();
  encoder = null;
  warnings.length = 0;
});

test('[MAN-2] a chunk encoded in the thread is the one encoded in place, and nothing is stored again that is known', async () => {
  encoder = createChunkEncoder(log);
  const large = job(20_000);
  const beside = await encoder.encode(large);
  const here = encodeRows(large);
  expect({ ...beside, data: null }).toEqual({ ...here, data: null });
  expect(Buffer.from(beside.data ?? []).equals(Buffer.from(here.data ?? []))).toBe(true);
  expect(beside).toMatchObject({ rows: 20_000, from: 1_700_000_000_001, to: 1_700_000_020_000 });
  const part = decodeChunk(new Uint8Array(gunzipSync(beside.data ?? new Uint8Array())));
  expect(rowsOf(part).at(-1)?.key).toBe(20_000);
  expect((await encoder.encode(job(20_000, beside.hash))).data).toBeNull();
  expect((await encoder.encode(job(3))).rows).toBe(3);
  expect(warnings).toEqual([]);
});

test('where no thread can be started the chunks are encoded all the same, and it is said once', async () => {
  encoder = createChunkEncoder(log, new URL('./no-such-thread.ts', import.meta.url));
  const large = job(20_000);
  expect((await encoder.encode(large)).hash).toBe(encodeRows(large).hash);
  expect((await encoder.encode(large)).hash).toBe(encodeRows(large).hash);
  expect(warnings).toHaveLength(1);
});

test('an empty chunk has a hash and nothing to store', async () => {
  encoder = createChunkEncoder(log);
  const none = { keys: null, cells: { rowId: null, contactId: null, at: null, type: null } };
  const encoded = await encoder.encode({ table: 'event', index: 0, rows: none, known: null });
  expect(encoded).toMatchObject({ rows: 0, data: null, from: null, to: null });
});
