import type { SecretFile } from './secret-file.ts';
import type { TokenStore } from './server-proxy.ts';

/**
 * Keeps the session token encrypted by the system's key chain. Where that would be plain text, nothing is written: the
 * token lives until the app closes, and the next start asks to sign in.
 */
export function createTokenStore(file: SecretFile): TokenStore {
  let token = file.read();
  return {
    get: () => token,
    set(next) {
      token = next;
      if (next === null) file.remove();
      else file.write(next);
    },
  };
}
