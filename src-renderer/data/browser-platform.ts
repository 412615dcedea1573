import { v7 } from 'uuid';
import type { Platform } from './platform.ts';
import { dexieAccounts } from './store/last-account.ts';
import { dexieBackend } from './store/store-backend.ts';
import { createServer } from './sync/server-client.ts';
import { sha256 } from './sync/sha256.ts';

/** The browser's storage, clock and network. */
export function browserPlatform(onError: (error: unknown) => void): Platform {
  return {
    server: createServer(),
    backend: dexieBackend(),
    accounts: dexieAccounts(),
    now: () => Date.now(),
    newId: () => v7(),
    sha256,
    onError,
  };
}
