import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactSegments } from '#renderer/data/data-api.ts';
import { type Live, useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';

/** Who leafs through cards asks nothing of those that are only passed. */
const LEAFING_MS = 250;
/** The server looks every few minutes; what it has not found yet is asked for again. */
const AGAIN_MS = 10_000;

/**
 * The segments a contact is in. Since when the server tells: once when the card opens, and again while it has not spoken of
 * all of them. What only it can tell cheaply is worked out here where it does not answer.
 */
export function useContactSegments(id: number): Live<ContactSegments> {
  const online = useOnline();
  const [unansweredOf, setUnansweredOf] = useState<number | null>(null);
  const all = !online || unansweredOf === id;
  const found = useLive((from) => from.contactSegments(id, all), [id, all], ['columns', 'documents:segment']);
  const isWaiting = (found.value?.untold ?? 0) > 0;
  useEffect(() => {
    if (!online) return;
    let timer = window.setTimeout(ask, LEAFING_MS);
    let ended = false;
    async function ask(): Promise<void> {
      try {
        await data.actions.fetchContactSegments(id);
        if (!ended) setUnansweredOf(null);
      } catch (error) {
        console.warn(error);
        if (!ended) setUnansweredOf(id);
      }
      if (!ended && isWaiting) timer = window.setTimeout(ask, AGAIN_MS);
    }
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [id, isWaiting, online]);
  return found;
}
