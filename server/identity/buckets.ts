/** Queue tables and identity locks share one partition of everything that identifies a contact. */
export const BUCKETS = 64;

/** The bucket of an identifier's value (FNV-1a), the same in every process and release. */
export function bucketOf(value: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < value.length; at++) {
    hash ^= value.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % BUCKETS;
}
