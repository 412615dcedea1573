import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { SafeStorage } from 'electron';

export type SecretFile = {
  /** False where the key chain is missing or would be plain text: then nothing is ever written. */
  available: boolean;
  /** Null when there is none, or this key chain does not open it. */
  read(): string | null;
  /** Whether a file is there, readable or not. */
  exists(): boolean;
  write(secret: string): void;
  remove(): void;
};

/** One secret in a file, encrypted by the system's key chain. */
export function openSecretFile(file: string, safeStorage: SafeStorage): SecretFile {
  // Linux without a key ring "encrypts" with a password that is in every copy of Chromium.
  const plain =
    process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
  const available = safeStorage.isEncryptionAvailable() && !plain;
  return {
    available,
    read() {
      if (!available) return null;
      try {
        return safeStorage.decryptString(readFileSync(file));
      } catch {
        // No file yet, or one that this key chain cannot open: who must know which asks exists().
        return null;
      }
    },
    exists: () => existsSync(file),
    write(secret) {
      if (!available) return;
      writeFileSync(`${file}.new`, safeStorage.encryptString(secret), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    },
    remove: () => rmSync(file, { force: true }),
  };
}
