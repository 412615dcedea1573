import { useCallback, useEffect, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useChange } from '#renderer/data/hooks.ts';
import { arrive, begin, type LiveList } from './live-buffer.ts';

export type LiveFilter = { type: string | null; text: string | null };

/** However much arrives, the server is asked once in so long. */
const EVERY_MS = 1_000;

/**
 * The newest events, and what arrives while nobody paused. The device hears of every change by itself; the screen asks for
 * the events only then.
 */
export function useLiveEvents(filter: LiveFilter, { online, paused }: { online: boolean; paused: boolean }) {
  const [list, setList] = useState<LiveList | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { type, text } = filter;
  const state = useRef({ list, asking: false, again: false, round: 0 });
  state.current.list = list;

  const ask = useCallback(
    async (anew: boolean) => {
      const now = state.current;
      if (now.asking && !anew) {
        now.again = true;
        return;
      }
      const round = anew ? now.round + 1 : now.round;
      now.round = round;
      now.asking = true;
      now.again = false;
      try {
        const known = anew ? null : now.list;
        const answer = await data.actions.latestEvents({ after: known?.version ?? null, type, text });
        // Another question was asked meanwhile.
        if (now.round !== round) return;
        setList((old) => (known && old ? arrive(old, answer) : begin(answer)));
        setError(null);
      } catch (caught) {
        if (now.round === round) setError(caught);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      if (now.round !== round) return;
      now.asking = false;
      if (now.again) void ask(false);
    },
    [type, text],
  );

  useEffect(() => {
    const now = state.current;
    setList(null);
    if (online) void ask(true);
    return () => {
      // Answers that come later are nobody's.
      now.round++;
      now.asking = false;
    };
  }, [online, ask]);

  const wasPaused = useRef(paused);
  useEffect(() => {
    if (wasPaused.current && !paused && online) void ask(false);
    wasPaused.current = paused;
  }, [paused, online, ask]);

  useChange(['columns'], () => {
    if (online && !paused) void ask(false);
  });
  return { list, error, reload: () => void ask(true) };
}
