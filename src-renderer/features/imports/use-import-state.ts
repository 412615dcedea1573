import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ImportState } from '#shared/api/import.schema.ts';

const POLL_MS = 500;

export const isRunning = ({ state }: Pick<ImportState, 'state'>): boolean =>
  state === 'waiting' || state === 'reading' || state === 'applying' || state === 'undoing';

/** Asks for an import's state until it is finished; goes on asking through a short outage. */
export function useImportState(id: string): { state: ImportState | null; error: unknown; retry: () => void } {
  const [state, setState] = useState<ImportState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let timer = 0;
    let closed = false;
    const ask = async () => {
      try {
        const next = await data.actions.getImport(id);
        if (closed) return;
        setState(next);
        setError(null);
        if (isRunning(next)) timer = window.setTimeout(() => void ask(), POLL_MS);
      } catch (failure) {
        if (closed) return;
        setError(failure);
        timer = window.setTimeout(() => void ask(), 4 * POLL_MS);
      }
    };
    void ask();
    return () => {
      closed = true;
      window.clearTimeout(timer);
    };
  }, [id, round]);
  return { state, error, retry: () => setRound(round + 1) };
}
