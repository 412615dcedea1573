import { useEffect } from 'react';
import { create } from 'zustand';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { keyWords } from '#renderer/ui/format.ts';
import { eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { systemEvent } from '#shared/event/system-events.ts';
import { typedDocs } from './typed-docs.ts';

type Known = { names: ReadonlyMap<string, string>; archived: ReadonlySet<string> };

/** What people called types of events, and which they put out of sight; kept current by useWatchEventTypes. */
const useKnown = create<Known>(() => ({ names: new Map(), archived: new Set() }));

const nameIn = ({ names }: Known, key: string): string => names.get(key) || systemEvent(key)?.name || keyWords(key);

/** What a type is called: as somebody named it, as the catalogue does, else its key in words. */
export const eventName = (key: string): string => nameIn(useKnown.getState(), key);

/** The same, for what is drawn again when a name changes. */
export const useEventName = (key: string): string => useKnown((known) => nameIn(known, key));

/** Types that are not offered where one is chosen. */
export const useArchivedTypes = (): ReadonlySet<string> => useKnown(({ archived }) => archived);

/** Keys of types that somebody described. */
export const useDescribedTypes = (): string[] => [...useKnown(({ names }) => names).keys()];

/** Where a type's page is. */
export const typeHref = (key: string): string => `/events/types/${encodeURIComponent(key)}`;

/** Keeps names and archived types current; used once, by the shell. */
export function useWatchEventTypes(): void {
  const documents = useLive(() => data.documents('event-type'), [], ['documents:event-type', 'session']);
  const found = documents.value;
  useEffect(() => {
    if (!found) return;
    const types = typedDocs(eventTypeSchema, found).map(({ body }) => body);
    useKnown.setState({
      names: new Map(types.map(({ key, name }) => [key, name?.trim() ?? ''])),
      archived: new Set(types.filter(({ archived }) => archived).map(({ key }) => key)),
    });
  }, [found]);
}
