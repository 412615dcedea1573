import { useEffect } from 'react';
import { create } from 'zustand';
import { data } from '#renderer/data/client.ts';
import { useChange } from '#renderer/data/hooks.ts';
import { useOnline } from './use-online.ts';

const EVERY_MS = 60_000;

/** How much of what came in could not be stored; 0 until the server said so. */
const useKnown = create<{ count: number }>(() => ({ count: 0 }));

/** Asks how many there are now. Without an answer the count before stands: it is shown beside a link, not relied upon. */
export function refreshProblemCount(): void {
  data.actions.countProblems().then(
    (count) => useKnown.setState({ count }),
    (error: unknown) => console.warn('The number of problems is not known', error),
  );
}

export const useProblemCount = (): number => useKnown(({ count }) => count);

/** Keeps it current; used once, by the shell. */
export function useWatchProblems(): void {
  const online = useOnline();
  useEffect(() => {
    if (!online) return;
    refreshProblemCount();
    const timer = window.setInterval(refreshProblemCount, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [online]);
  useChange(['session'], refreshProblemCount);
}
