/** The platform of a browser. The one file of this SDK that knows the DOM. */
import type { Platform, Storage } from './platform.ts';

/** Beyond this a browser refuses a request that is to outlive its page. */
const KEEPALIVE_CHARACTERS = 20_000;

const storageOf = (local: globalThis.Storage): Storage => ({
  keys: async () => Object.keys(local),
  get: async (key) => local.getItem(key),
  set: async (key, value) => local.setItem(key, value),
  remove: async (key) => local.removeItem(key),
});

function onChange(targets: readonly [EventTarget, string][], tell: () => void): () => void {
  for (const [target, type] of targets) target.addEventListener(type, tell);
  return () => {
    for (const [target, type] of targets) target.removeEventListener(type, tell);
  };
}

/** A random version 4 UUID; crypto.randomUUID is there only where a page is secure. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function browserPlatform(): Platform {
  const isActive = () => document.visibilityState !== 'hidden';
  return {
    storage: storageOf(localStorage),
    fetch: (url, request) =>
      fetch(url, {
        ...request,
        keepalive: request.body.length <= KEEPALIVE_CHARACTERS,
        credentials: 'omit',
        mode: 'cors',
      }),
    now: () => Date.now(),
    newId,
    after(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    network: {
      isOnline: () => navigator.onLine,
      onChange: (tell) =>
        onChange(
          [
            [window, 'online'],
            [window, 'offline'],
          ],
          () => tell(navigator.onLine),
        ),
    },
    app: { isActive, onChange: (tell) => onChange([[document, 'visibilitychange']], () => tell(isActive())) },
    log: (message, cause) => console.warn(`Muster: ${message}`, ...(cause === undefined ? [] : [cause])),
  };
}
