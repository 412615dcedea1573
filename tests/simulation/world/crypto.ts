/**
 * The Web Crypto functions the data worker uses, answered at once: the real ones work on another thread and would finish
 * in another order every time. Keys stay opaque, as the real ones do.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
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
      const cipher = createCipheriv('aes-256-gcm', keyBytes(key), bytesOf(iv));
      if (additionalData) cipher.setAAD(bytesOf(additionalData));
      return exact(Buffer.concat([cipher.update(bytesOf(data)), cipher.final(), cipher.getAuthTag()]));
    },
    async decrypt({ iv, additionalData }: Gcm, key: object, data: BufferSource): Promise<ArrayBuffer> {
      const sealed = bytesOf(data);
      const decipher = createDecipheriv('aes-256-gcm', keyBytes(key), bytesOf(iv));
      if (additionalData) decipher.setAAD(bytesOf(additionalData));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const text = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
      try {
        return exact(Buffer.concat([text, decipher.final()]));
      } catch (cause) {
        throw new DOMException(cause instanceof Error ? cause.message : 'Decryption failed', 'OperationError');
      }
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
