import { keyWords } from '#renderer/ui/format.ts';
import { systemEvent } from '#shared/event/system-events.ts';

/** What a type is called: as somebody named it, as the catalogue does, else its key in words. */
export function typeName(key: string, named?: string): string {
  return named?.trim() || systemEvent(key)?.name || keyWords(key);
}

/** Where a type's page is. */
export const typeHref = (key: string): string => `/events/types/${encodeURIComponent(key)}`;
