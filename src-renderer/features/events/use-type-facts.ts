import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import type { EventTypeFacts, SeenParameter } from '#shared/event/live-event.schema.ts';

export type TypeFacts = {
  parameters: readonly SeenParameter[];
  /** What the server said; null while it has not been reached: then what was known before is shown, without examples. */
  fresh: EventTypeFacts | null;
  online: boolean;
};

/** What is known of a type's parameters: asked of the server, and what was known before while it is away. */
export function useTypeFacts(key: string): TypeFacts {
  const online = useOnline();
  const [fresh, setFresh] = useState<EventTypeFacts | null>(null);
  const known = useLive((from) => from.knownParameters(key), [key], ['session']);
  useEffect(() => {
    if (!online) return;
    let ended = false;
    data.actions.eventTypeFacts(key).then(
      (facts) => {
        if (!ended) setFresh(facts);
      },
      (error: unknown) => console.warn('What the newest events say is not known', error),
    );
    return () => {
      ended = true;
    };
  }, [key, online]);
  return { parameters: fresh?.parameters ?? known.value ?? [], fresh, online };
}
