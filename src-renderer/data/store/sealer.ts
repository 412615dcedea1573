/**
 * Sealing: AES-256-GCM with a fresh nonce for every value. What is sealed names its key and is bound to its place (`context`),
 * so that a value moved elsewhere does not open.
 *
 *   bytes   4 magic · 8 key id · 12 nonce · ciphertext and tag
 *   text    the same bytes, one character each (a database stores such a string with one byte a character)
 */
import { must } from '#shared/kernel/assert.ts';

const MAGIC = Uint8Array.of(0x53, 0x45, 0x41, 0x4c);
const ID_BYTES = 8;
const NONCE_BYTES = 12;
const HEAD_BYTES = MAGIC.length + ID_BYTES + NONCE_BYTES;
const SLICE = 8_192;

type Bytes = Uint8Array<ArrayBuffer>;

/** A value cannot be opened: its key is gone, or it is damaged or not where it was sealed. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Keys by id; `current` seals, the others only open what is still to be sealed anew. */
export type SealKeys = { current: string; keys: ReadonlyMap<string, CryptoKey> };

export class Sealer {
  readonly #keys: SealKeys;

  constructor(keys: SealKeys) {
    this.#keys = keys;
  }

  async seal(bytes: Bytes, context: string): Promise<Bytes> {
    const { current, keys } = this.#keys;
    const key = must(keys.get(current), 'the current key exists');
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: encode(context) }, key, bytes);
    const whole = new Uint8Array(HEAD_BYTES + sealed.byteLength);
    whole.set(MAGIC);
    whole.set(idBytes(current), MAGIC.length);
    whole.set(iv, MAGIC.length + ID_BYTES);
    whole.set(new Uint8Array(sealed), HEAD_BYTES);
    return whole;
  }

  async open(sealed: Bytes, context: string): Promise<Bytes> {
    const key = this.#keys.keys.get(keyIdOf(sealed));
    if (!key) throw new SealError('The key of this value is gone.');
    const iv = sealed.subarray(MAGIC.length + ID_BYTES, HEAD_BYTES);
    const algorithm = { name: 'AES-GCM', iv, additionalData: encode(context) };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.subarray(HEAD_BYTES)));
    } catch (cause) {
      throw new SealError('This value is damaged or not in its place.', { cause });
    }
  }

  async sealJson(value: unknown, context: string): Promise<string> {
    return toText(await this.seal(encode(JSON.stringify(value)), context));
  }

  async openJson(text: string, context: string): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.open(fromText(text), context)));
  }

  /** Whether a sealed value was sealed with the current key. */
  isCurrent(sealed: Bytes | string): boolean {
    const head = typeof sealed === 'string' ? fromText(sealed.slice(0, HEAD_BYTES)) : sealed;
    return keyIdOf(head) === this.#keys.current;
  }
}

/** Whether bytes begin as sealed ones do. */
export function isSealed(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD_BYTES && MAGIC.every((byte, at) => bytes[at] === byte);
}

/** A new key's id: 16 hex digits. */
export function newKeyId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

export function keyIdOf(sealed: Uint8Array): string {
  if (!isSealed(sealed)) throw new SealError('This value is not sealed.');
  return hex(sealed.subarray(MAGIC.length, MAGIC.length + ID_BYTES));
}

function idBytes(id: string): Uint8Array {
  return Uint8Array.from({ length: ID_BYTES }, (_, at) => Number.parseInt(id.slice(at * 2, at * 2 + 2), 16));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function encode(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function toText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += SLICE) text += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  return text;
}

export function fromText(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
