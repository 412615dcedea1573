import { useEffect, useRef } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactEvents } from '#renderer/data/data-api.ts';
import { type Live, useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';

/** Of how many of the newest events the server tells what they say. */
const MOST_DETAILS = 300;

/** Who leafs through cards asks nothing of those that are only passed. */
const LEAFING_MS = 250;

/** What a contact did. What it says is asked for while the server is there, and known afterwards without it. */
export function useContactEvents(id: number, personal: boolean): Live<ContactEvents> {
  const found = useLive((from) => from.contactEvents(id), [id], ['columns']);
  const online = useOnline();
  const newest = found.value?.events.slice(0, MOST_DETAILS).find(({ details }) => details === null)?.rowId ?? null;
  const asked = useRef('');
  useEffect(() => {
    const question = `${id} ${newest}`;
    if (newest === null || !personal || !online || asked.current === question) return;
    const timer = window.setTimeout(() => {
      asked.current = question;
      data.actions.fetchEventDetails(id).catch((error: unknown) => {
        // The list says that details are missing; they are asked for again when something changes.
        asked.current = '';
        console.warn(error);
      });
    }, LEAFING_MS);
    return () => window.clearTimeout(timer);
  }, [id, newest, personal, online]);
  return found;
}
