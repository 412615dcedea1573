import { v7 } from 'uuid';
import type { Platform } from './platform.ts';
import { dexieAccounts } from './store/last-account.ts';
import { dexieBackend } from './store/store-backend.ts';
import { createServer } from './sync/server-client.ts';
import { sha256 } from './sync/sha256.ts';

/** The desktop's main process keeps a key in the system's key chain; null in a browser, and where there is no key chain. */
async function desktopVault(): Promise<Uint8Array<ArrayBuffer> | null> {
  if (location.protocol !== 'app:') return null;
  const answer = await fetch('/desktop/vault-key', { method: 'POST', cache: 'no-store' });
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

/** The browser's storage, clock and network. */
export function browserPlatform(onError: (error: unknown) => void): Platform {
  return {
    server: createServer(),
    backend: dexieBackend(desktopVault),
    accounts: dexieAccounts(),
    now: () => Date.now(),
    newId: () => v7(),
    sha256,
    onError,
  };
}
