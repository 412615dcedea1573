import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { data, isDataError } from './client.ts';
import type { Change, DataApi, DataError, SessionState, SyncStatus } from './data-api.ts';

export type Live<T> = {
  /** The newest answer; the one before stays while a new one is on its way. */
  value: T | undefined;
  error: DataError | null;
  loading: boolean;
  /** Asks again. */
  reload: () => void;
};
type Answer<T> = Omit<Live<T>, 'reload'>;

/** A topic, or documents of one kind: 'documents:segment'. */
export type Topic = Change['topic'] | `documents:${DocumentKind}`;

function concerns(topics: readonly string[], { topic, kind }: Change): boolean {
  if (topics.includes(topic)) return true;
  if (topic !== 'documents') return false;
  return kind === undefined ? topics.some((one) => one.startsWith('documents:')) : topics.includes(`documents:${kind}`);
}

/** One subscription per window, whatever the number of views. */
const listeners = new Set<(change: Change) => void>();
let observing = false;

function watch(listener: (change: Change) => void): () => void {
  if (!observing) {
    observing = true;
    data
      .observe((change) => {
        for (const one of listeners) one(change);
      })
      .catch((error: unknown) => {
        observing = false;
        console.error(error);
      });
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back after every change of one of the topics. */
export function useChange(topics: readonly Topic[], listener: (change: Change) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  const watched = topics.join(' ');
  useEffect(() => {
    const wanted = watched.split(' ');
    return watch((change) => {
      if (concerns(wanted, change)) latest.current(change);
    });
  }, [watched]);
}

/**
 * Asks the data worker, and asks again whenever one of the topics changed or the dependencies did. At most one question is
 * under way; an answer to a question that is no longer the newest is dropped.
 */
export function useLive<T>(
  query: (from: DataApi) => Promise<T>,
  dependencies: DependencyList,
  topics: readonly [Topic, ...Topic[]],
): Live<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, error: null, loading: true });
  const latest = useRef(query);
  const ask = useRef<() => void>(() => undefined);
  useEffect(() => {
    latest.current = query;
  });

  useEffect(() => {
    let ended = false;
    let asking = false;
    let again = false;
    const run = async () => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      setAnswer((old) => (old.loading ? old : { ...old, loading: true }));
      do {
        again = false;
        const next = await settle(latest.current);
        if (ended) return;
        setAnswer((old) => ({
          ...('error' in next ? { value: old.value, ...next } : { ...next, error: null }),
          loading: again,
        }));
      } while (again);
      asking = false;
    };
    ask.current = () => void run();
    void run();
    return () => {
      ended = true;
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says when the question is another one.
  }, dependencies);

  useChange(topics, () => ask.current());
  const reload = useCallback(() => ask.current(), []);
  return { ...answer, reload };
}

async function settle<T>(query: (from: DataApi) => Promise<T>): Promise<{ value: T } | { error: DataError }> {
  try {
    return { value: await query(data) };
  } catch (error) {
    return { error: isDataError(error) ? error : { code: 'internal', message: String(error) } };
  }
}

/** What the status pill shows; undefined until the worker answered. */
export function useStatus(): SyncStatus | undefined {
  return useLive((from) => from.status(), [], ['status']).value;
}

/** Who is signed in. */
export function useSession(): SessionState {
  return useLive((from) => from.session(), [], ['session']).value ?? { state: 'starting' };
}
