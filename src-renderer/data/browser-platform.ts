import { v4, v7 } from 'uuid';
import type { Platform } from './platform.ts';
import { deviceName } from './service/device-name.ts';
import { dexieAccounts } from './store/last-account.ts';
import { dexieBackend } from './store/store-backend.ts';
import { createServer } from './sync/server-client.ts';
import { sha256 } from './sync/sha256.ts';

/** The browser's storage, clock and network. */
export function browserPlatform(onError: (error: unknown) => void): Platform {
  const desktop = location.protocol === 'app:';
  return {
    server: createServer(),
    backend: dexieBackend(desktop ? desktopVault : null),
    accounts: dexieAccounts(),
    deviceName: deviceName(navigator.userAgent, desktop),
    now: () => Date.now(),
    newId: () => v7(),
    secretId: () => v4(),
    sha256,
    storage: browserStorage,
    onError,
  };
}

/** The desktop's main process keeps a key in the system's key chain; null where there is no key chain. */
async function desktopVault(): Promise<Uint8Array<ArrayBuffer> | null> {
  const answer = await fetch('/desktop/vault-key', { method: 'POST', cache: 'no-store' });
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

async function browserStorage(): Promise<Awaited<ReturnType<Platform['storage']>>> {
  const [{ usage, quota }, persisted] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted(),
  ]);
  return usage === undefined || quota === undefined ? null : { used: usage, quota, persisted };
}
