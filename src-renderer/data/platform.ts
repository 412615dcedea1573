/**
 * What the data worker takes from the machine it runs on. The worker is given the browser's; a test gives its own, so that
 * the same code runs in plain Node.
 */
import type { AccountBook } from './store/last-account.ts';
import type { StoreBackend } from './store/store-backend.ts';
import type { Server } from './sync/server-client.ts';

export type Platform = {
  server: Server;
  backend: StoreBackend;
  accounts: AccountBook;
  /** What people call this device. */
  deviceName: string;
  /** Epoch ms by this device's clock. */
  now(): number;
  /** A new UUIDv7. */
  newId(): string;
  /** An id nobody can guess: UUIDv4. */
  secretId(): string;
  /** Hex digest. */
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** How much room there is, and whether the browser promised not to evict what is stored; null when it does not say. */
  storage(): Promise<{ used: number; quota: number; persisted: boolean } | null>;
  onError(error: unknown): void;
};
