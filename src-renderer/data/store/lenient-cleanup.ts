/**
 * An RxStorage on which cleaning up never fails. RxDB lines up the clean-ups of all collections in one queue, and one that
 * rejects makes every later one reject until the worker is started again. What was not freed is freed by the next one.
 */
import type { RxStorage, RxStorageInstance } from 'rxdb/plugins/core';

// biome-ignore lint/suspicious/noExplicitAny: RxDB's own way to say "any storage".
type Any = any;

export function lenientCleanup(storage: RxStorage<Any, Any>, onError: (error: unknown) => void): RxStorage<Any, Any> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance(params) {
      const instance: RxStorageInstance<Any, Any, Any> = await storage.createStorageInstance(params);
      const cleanup = instance.cleanup.bind(instance);
      instance.cleanup = async (minimumDeletedTime) => {
        try {
          return await cleanup(minimumDeletedTime);
        } catch (error) {
          onError(error);
          // Done for now: "not done" would be tried again at once, for ever.
          return true;
        }
      };
      return instance as Any;
    },
  };
}
