/**
 * The Web Crypto functions the data worker uses, answered at once: the real ones work on another thread and would finish
 * in another order every time. Keys stay opaque, as the real ones do. What is encrypted is not safe, only unreadable
 * without the very key: a run seals so much that a real cipher would take a third of its time.
 */
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

const keys = new WeakMap<object, Uint8Array>();
const bytesOf = (data: BufferSource): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const TAG_BYTES = 16;

type Gcm = { name: string; iv: BufferSource; additionalData?: BufferSource };

const exact = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
};

function keyBytes(key: object): Uint8Array {
  const bytes = keys.get(key);
  if (!bytes) throw new Error('This key was made elsewhere.');
  return bytes;
}

function mask(target: Uint8Array, source: Uint8Array, key: Uint8Array, iv: Uint8Array): void {
  for (let at = 0; at < source.length; at++) {
    target[at] = (source[at] ?? 0) ^ (key[(at * 7) % key.length] ?? 0) ^ (iv[at % iv.length] ?? 0) ^ (at & 255);
  }
}

/** Changes with the key, the place and every byte. */
function tagOf(plain: Uint8Array, key: Uint8Array, place: BufferSource | undefined): Uint8Array {
  let sum = 0x811c9dc5;
  for (const part of [key, place ? bytesOf(place) : new Uint8Array(), plain]) {
    for (let at = 0; at < part.length; at++) sum = Math.imul(sum ^ (part[at] ?? 0), 0x01000193);
  }
  const tag = new Uint8Array(TAG_BYTES);
  new DataView(tag.buffer).setUint32(0, sum >>> 0);
  return tag;
}

export function syncCrypto(random: () => Random) {
  const fill = (target: Uint8Array): Uint8Array => {
    for (let at = 0; at < target.length; at++) target[at] = random().int(0, 255);
    return target;
  };
  const makeKey = (bytes: Uint8Array, extractable: boolean, usages: readonly string[]) => {
    const key = { type: 'secret', extractable, algorithm: { name: 'AES-GCM', length: 256 }, usages };
    keys.set(key, bytes);
    return key;
  };
  const subtle = {
    async digest(_algorithm: unknown, data: BufferSource): Promise<ArrayBuffer> {
      return exact(createHash('sha256').update(bytesOf(data)).digest());
    },
    async generateKey(_algorithm: unknown, extractable: boolean, usages: readonly string[]) {
      return makeKey(fill(new Uint8Array(32)), extractable, usages);
    },
    async importKey(_format: string, data: BufferSource, _algorithm: unknown, extractable: boolean, usages: string[]) {
      return makeKey(Uint8Array.from(bytesOf(data)), extractable, usages);
    },
    async encrypt({ iv, additionalData }: Gcm, key: object, data: BufferSource): Promise<ArrayBuffer> {
      const plain = bytesOf(data);
      const sealed = new Uint8Array(plain.length + TAG_BYTES);
      mask(sealed, plain, keyBytes(key), bytesOf(iv));
      sealed.set(tagOf(plain, keyBytes(key), additionalData), plain.length);
      return sealed.buffer;
    },
    async decrypt({ iv, additionalData }: Gcm, key: object, data: BufferSource): Promise<ArrayBuffer> {
      const sealed = bytesOf(data);
      const plain = new Uint8Array(sealed.length - TAG_BYTES);
      mask(plain, sealed.subarray(0, plain.length), keyBytes(key), bytesOf(iv));
      const tag = tagOf(plain, keyBytes(key), additionalData);
      if (tag.some((byte, at) => byte !== sealed[plain.length + at])) {
        throw new DOMException('Decryption failed', 'OperationError');
      }
      return plain.buffer;
    },
  };
  return {
    subtle,
    getRandomValues<T extends ArrayBufferView>(target: T): T {
      fill(new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
      return target;
    },
    randomUUID(): string {
      const hex = Array.from(fill(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}

/** A blob whose bytes can be read at once. */
export class SyncBlob extends Blob {
  readonly raw: Uint8Array<ArrayBuffer>;

  constructor(parts: readonly (BufferSource | Blob | string)[] = [], options?: BlobPropertyBag) {
    const found = parts.map((part) => {
      if (typeof part === 'string') return new TextEncoder().encode(part);
      if (part instanceof SyncBlob) return part.raw;
      if (part instanceof Blob) throw new Error('Blobs of another making are not read here.');
      return bytesOf(part);
    });
    const bytes = new Uint8Array(found.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of found) {
      bytes.set(part, at);
      at += part.length;
    }
    super([bytes], options);
    this.raw = bytes;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return exact(this.raw);
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(this.raw);
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.raw.slice();
  }

  override slice(from?: number, to?: number, type?: string): Blob {
    return new SyncBlob([this.raw.slice(from, to)], { type: type ?? this.type });
  }
}
