import { type Endpoint, expose, proxy } from 'comlink';
import type { DataApi, DataError } from '#renderer/data/data-api.ts';
import { toFailure } from '#renderer/data/sync/data-failure.ts';
import type { DataService } from './data-service.ts';

/** Said to a window when a newer build has taken over: it has to load that build. */
export const RETIRED = 'muster-retired';

/** Serves one window. Answers a function to call when it is gone. */
export function exposeTo(service: DataService, port: Endpoint, onError: (error: unknown) => void): () => void {
  const ends = new Set<() => void>();
  const api: DataApi = {
    ...service.api,
    async observe(listener) {
      const end = service.observe((change) => listener(change));
      ends.add(end);
      return proxy(() => {
        end();
        ends.delete(end);
      });
    },
  };
  expose(guarded(api, onError), port);
  return () => {
    for (const end of ends) end();
    ends.clear();
  };
}

/** Everything thrown crosses as a plain DataError; what nobody foresaw is also logged here, with its cause. */
function guarded<T extends object>(target: T, onError: (error: unknown) => void): T {
  return new Proxy(target, {
    get(object, key): unknown {
      const value: unknown = Reflect.get(object, key);
      if (typeof value === 'object' && value !== null) return guarded(value, onError);
      if (typeof value !== 'function') return value;
      return async (...input: unknown[]): Promise<unknown> => {
        try {
          return await value.apply(object, input);
        } catch (error) {
          const failure = toFailure(error);
          if (failure.data.code === 'internal') onError(error);
          const plain: DataError = failure.data;
          throw plain;
        }
      };
    },
  });
}
