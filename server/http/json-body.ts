/**
 * Request bodies of the public APIs: JSON whatever the content type says (many clients name none, or text/plain where a
 * browser may not ask first), plain or compressed, with memory bounded whatever is sent.
 */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '#shared/kernel/errors.ts';

/** Deeper than any honest body; PostgreSQL and JSON.stringify would run out of stack far below 10 MB of brackets. */
const MAX_DEPTH = 100;

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function decoderOf(request: FastifyRequest): Transform | null {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return null;
  const make = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (!make) {
    throw new UserError('invalid_input', 'Content-Encoding is not one of gzip, deflate, br.', 'content-encoding');
  }
  return make();
}

/** The bytes after decompression. Beyond the limit nothing is kept, and what still comes is dropped, so that the answer is heard. */
async function readBytes(request: FastifyRequest, payload: IncomingMessage, limit: number): Promise<Buffer> {
  const megabytes = Math.round(limit / 1_048_576);
  const tooLarge = () => new UserError('too_large', `The body is larger than ${megabytes} MB.`);
  const decoder = decoderOf(request);
  const source = decoder ?? payload;
  const chunks: Buffer[] = [];
  let size = 0;
  const onError = (error: Error) => decoder?.destroy(error);
  try {
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
    if (decoder) {
      let received = 0;
      payload.on('error', onError);
      // Compressed bytes that decompress to nothing are bounded too.
      payload.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > limit) decoder.destroy(tooLarge());
      });
      payload.pipe(decoder);
    }
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof UserError || !decoder || payload.errored) throw error;
    throw new UserError('invalid_input', 'The body is not compressed as Content-Encoding says.', 'content-encoding');
  } finally {
    payload.off('error', onError);
    if (decoder) {
      payload.unpipe(decoder);
      decoder.destroy();
    }
    payload.resume();
  }
  return Buffer.concat(chunks, size);
}

/** Whether brackets outside texts nest deeper than the limit. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 92) at++;
      else if (code === 34) inText = false;
    } else if (code === 34) inText = true;
    else if (code === 91 || code === 123) {
      depth++;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('invalid_input', 'The body is not valid UTF-8.');
  }
}

/** Reads JSON of valid UTF-8 that nests no deeper than is honest; no bytes are undefined. */
export function jsonReader(app: FastifyInstance): (request: FastifyRequest, bytes: Buffer) => Promise<unknown> {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  return async (request, bytes) => {
    const text = decode(bytes);
    if (text.trim() === '') return undefined;
    if (isTooDeep(text)) throw new UserError('invalid_input', `The body nests deeper than ${MAX_DEPTH} levels.`);
    return new Promise((done, fail) => {
      parse(request, text, (error, body) => {
        if (error) fail(new UserError('invalid_input', `The body is not JSON: ${error.message}`));
        else done(body);
      });
    });
  };
}

/** Every body that reaches the routes of `app` is a Buffer, decompressed. */
export function acceptBytes(app: FastifyInstance, options: { limit: number }): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    readBytes(request, payload, options.limit),
  );
}

/** Every body that reaches the routes of `app` is read as JSON; an empty one is undefined. */
export function acceptJsonBodies(app: FastifyInstance, options: { limit: number }): void {
  const readJson = jsonReader(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) =>
    readJson(request, await readBytes(request, payload, options.limit)),
  );
}
