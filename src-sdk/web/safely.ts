/** Whatever goes wrong in here is none of the page's business: it is said on the console, and the page goes on. */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    console.warn('Muster:', error);
    return undefined;
  }
}

/** For what is unavailable in some browsers by the visitor's own choice, such as storage: nothing is said. */
export function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** A random version 4 UUID. */
export function guid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] || 0) & 15) | 64;
  bytes[8] = ((bytes[8] || 0) & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
