/** Whether something failed because the device (or the browser's share of it) is full. Dexie and RxDB wrap the browser's error. */
export function isStorageFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('name' in error && error.name === 'QuotaExceededError') return true;
  return ['inner', 'cause'].some((key) => key in error && isStorageFull(Reflect.get(error, key)));
}
