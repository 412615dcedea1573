import { randomBytes } from 'node:crypto';
import type { SecretFile } from './secret-file.ts';
import { isAppUrl } from './security.ts';

const KEY_BYTES = 32;
export const VAULT_PATH = '/desktop/vault-key';

const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status, headers: noStore });
}

/** Nothing but the app's own page and worker may ask; a frame of a mail preview has another origin. */
function isOwn(request: Request): boolean {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  return (origin === null || isAppUrl(`${origin}/`)) && (site === null || site === 'same-origin');
}

/**
 * The key that encrypts what lies on this device. Made once, kept in a file that only the system's key chain opens, handed
 * to the data worker for the life of the app, and gone for ever once it is deleted. It goes nowhere else, no log included.
 */
export function createVault(file: SecretFile) {
  /** Null when there is a key that cannot be read now: a new one would make what it encrypted unreadable for ever. */
  function key(): Buffer | null {
    if (file.exists()) {
      const kept = Buffer.from(file.read() ?? '', 'base64');
      return kept.byteLength === KEY_BYTES ? kept : null;
    }
    const made = randomBytes(KEY_BYTES);
    file.write(made.toString('base64'));
    return made;
  }

  /** Answers a request to VAULT_PATH. */
  return (request: Request): Response => {
    if (!isOwn(request)) return refusal(403, 'forbidden', 'Only the app itself has this key.');
    if (request.method === 'DELETE') {
      file.remove();
      return new Response(null, { status: 204, headers: noStore });
    }
    if (request.method !== 'POST') return refusal(405, 'invalid_input', 'Ask with POST.');
    if (!file.available) {
      return refusal(503, 'not_ready', 'This computer has no key chain that could keep a key.');
    }
    const bytes = key();
    if (!bytes) return refusal(503, 'not_ready', 'The key chain of this computer does not open the key now.');
    return new Response(new Uint8Array(bytes), {
      headers: { ...noStore, 'content-type': 'application/octet-stream' },
    });
  };
}
