import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { SafeStorage } from 'electron';
import type { TokenStore } from './server-proxy.ts';

/**
 * Keeps the session token encrypted by the system's key chain. Where that would be plain text (Linux without a key
 * ring), nothing is written: the token lives until the app closes, and the next start asks to sign in.
 */
export function createTokenStore(file: string, safeStorage: SafeStorage): TokenStore & { persistent: boolean } {
  const plain = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  const persistent = safeStorage.isEncryptionAvailable() && !plain;
  let token: string | null = null;
  if (persistent) {
    try {
      token = safeStorage.decryptString(readFileSync(file));
    } catch {
      // No file yet, or one of another key chain: both mean nobody is signed in.
      token = null;
    }
  }
  return {
    persistent,
    get: () => token,
    set(next) {
      token = next;
      if (!persistent) return;
      if (next === null) rmSync(file, { force: true });
      else writeFileSync(file, safeStorage.encryptString(next), { mode: 0o600 });
    },
  };
}
