import { EventEmitter } from 'node:events';
import type { Wake } from '#server/storage/wake.ts';

/** Wake-up hints inside one process, for tests of single parts. */
export function createLocalWake(): Wake {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    on(topic, listener) {
      emitter.on(topic, listener);
      return () => {
        emitter.off(topic, listener);
      };
    },
    notify(topic) {
      setImmediate(() => emitter.emit(topic));
    },
  };
}
