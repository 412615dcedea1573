/** The bytes of a file as they lie on disk, unpacked, and its text as UTF-8. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, pipeline, type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FileEncoding } from '#shared/import/encodings.ts';

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** An error on the way reaches the reader. */
export async function openBytes(path: string, onBytes?: (read: number) => void): Promise<Readable> {
  const through = (await isGzip(path)) ? createGunzip() : new PassThrough();
  // Listening makes the file flow: nothing may be awaited before it has somewhere to flow to.
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (onBytes) file.on('data', () => onBytes(file.bytesRead));
  return pipeline(file, through, () => undefined);
}

/** The file in UTF-8. */
export async function openText(
  path: string,
  encoding: FileEncoding,
  onBytes?: (read: number) => void,
): Promise<Readable> {
  const bytes = await openBytes(path, onBytes);
  if (encoding === 'utf-8') return bytes;
  const decoder = new TextDecoder(encoding);
  const decoding = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decoder.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
  return pipeline(bytes, decoding, () => undefined);
}

/** The first bytes of the unpacked file. */
export async function readStart(path: string, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of await openBytes(path)) {
    chunks.push(chunk);
    read += chunk.length;
    if (read >= size) break;
  }
  return Buffer.concat(chunks).subarray(0, size);
}
