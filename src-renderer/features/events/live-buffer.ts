/** The newest events on the screen, at most so many: what a screen can hold, however long it stays open. Pure. */
import type { LatestEvents, LiveEvent } from '#shared/event/live-event.schema.ts';

export const MOST_SHOWN = 500;

export type LiveList = {
  /** As they arrived, the newest arrival first. */
  events: readonly LiveEvent[];
  /** Up to where the server was asked. */
  version: number;
  /** Some arrived that are not shown: more came at once than are answered. */
  missed: boolean;
  /** How far a search looked; null where it was none. */
  searched: number | null;
};

export function begin({ events, version, searched }: LatestEvents): LiveList {
  return { events: events.slice(0, MOST_SHOWN), version, missed: false, searched };
}

/** Puts what arrived on top. An event that changed since (its visitor became known) takes its new form. */
export function arrive(list: LiveList, { events, version, more }: LatestEvents): LiveList {
  if (events.length === 0 && version === list.version) return list;
  const changed = new Map(events.map((event) => [event.rowId, event]));
  const known = new Set(list.events.map(({ rowId }) => rowId));
  const fresh = events.filter(({ rowId }) => !known.has(rowId));
  const before = list.events.map((event) => changed.get(event.rowId) ?? event);
  return { ...list, events: [...fresh, ...before].slice(0, MOST_SHOWN), version, missed: list.missed || more };
}
