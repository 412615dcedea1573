/**
 * Whether something failed because the device (or the browser's share of it) is full. Dexie wraps the browser's error: as its
 * own, as the reason of an aborted transaction, or among the failures of a bulk operation.
 */
export function isStorageFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('name' in error && error.name === 'QuotaExceededError') return true;
  const reasons = ['inner', 'cause'].map((key): unknown => Reflect.get(error, key));
  const failures: unknown = Reflect.get(error, 'failures');
  return [...reasons, ...(Array.isArray(failures) ? failures : [])].some(isStorageFull);
}
