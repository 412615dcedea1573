import type { Hint } from '#shared/sync/wire.schema.ts';

export type User = { id: string; email: string; name: string };
export type Answer = { ok: true; data: unknown } | { ok: false; error: unknown };
export type Request = { path: string; input: unknown; type: 'query' | 'mutation'; protocol: number };

/** A server as a device of the simulation reaches it: the one in memory, or processes over a real PostgreSQL. */
export type DeviceServer = {
  /** False while nobody answers. */
  readonly up: boolean;
  handle(device: string, request: Request): Promise<Answer>;
  chunk(device: string, hash: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The stream of hints; a rejected answer is what a stream gets instead of 200. */
  stream(device: string, protocol: number, signal: AbortSignal): Promise<AsyncIterable<Hint>>;
  signIn(device: string, userId: string): User | Promise<User>;
  endSession(device: string): void | Promise<void>;
  currentUser(device: string): User | null | Promise<User | null>;
};
