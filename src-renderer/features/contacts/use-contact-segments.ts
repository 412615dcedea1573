import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactSegments } from '#renderer/data/data-api.ts';
import { type Live, useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';

/** Who leafs through cards asks nothing of those that are only passed. */
const LEAFING_MS = 250;

/**
 * The segments a contact is in. Since when the server tells, once when the card opens and again when they are others; what
 * only it can tell cheaply is worked out here where it does not answer.
 */
export function useContactSegments(id: number): Live<ContactSegments> {
  const online = useOnline();
  const [unansweredOf, setUnansweredOf] = useState<number | null>(null);
  const all = !online || unansweredOf === id;
  const found = useLive((from) => from.contactSegments(id, all), [id, all], ['columns', 'documents:segment']);
  const ids = found.value?.segments.map((segment) => segment.id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the contact is in other segments
  useEffect(() => {
    if (!online) return;
    const timer = window.setTimeout(() => {
      data.actions.fetchContactSegments(id).then(
        () => setUnansweredOf(null),
        (error: unknown) => {
          console.warn(error);
          setUnansweredOf(id);
        },
      );
    }, LEAFING_MS);
    return () => window.clearTimeout(timer);
  }, [id, ids, online]);
  return found;
}
