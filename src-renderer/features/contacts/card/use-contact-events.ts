import { useEffect, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactEvents } from '#renderer/data/data-api.ts';
import { type Live, useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { MOST_EVENT_DETAILS } from '#shared/event/event-detail.schema.ts';

/** Who leafs through cards asks nothing of those that are only passed. */
const LEAFING_MS = 250;

/**
 * What a contact did. While the server is there it tells the newest of it, once when the card opens and again when something
 * comes; the columns of everybody's events are read only without it, or for what is older.
 */
export function useContactEvents(id: number, personal: boolean): Live<ContactEvents> & { showAll: () => void } {
  const online = useOnline();
  const [allOf, setAllOf] = useState<number | null>(null);
  const all = !online || allOf === id;
  const found = useLive((from) => from.contactEvents(id, all), [id, all], ['columns']);
  const newest = found.value?.events.slice(0, MOST_EVENT_DETAILS).find(({ details }) => details === null)?.rowId;
  const asked = useRef({ of: '', newest });
  useEffect(() => {
    const of = `${id} ${personal}`;
    if (!online) asked.current.of = '';
    const isAsked = asked.current.of === of && (newest === undefined || newest === asked.current.newest);
    if (!online || isAsked) return;
    const timer = window.setTimeout(() => {
      asked.current = { of, newest };
      data.actions.fetchEventDetails(id).catch((error: unknown) => {
        // Asked for again when something changes; until then this device says what it knows.
        asked.current.of = '';
        setAllOf(id);
        console.warn(error);
      });
    }, LEAFING_MS);
    return () => window.clearTimeout(timer);
  }, [id, newest, personal, online]);
  return { ...found, showAll: () => setAllOf(id) };
}
