import type { ContactCard, ContactEvents, DeliveryRow, OrderRow } from '#renderer/data/data-api.ts';

export type EventEntry = ContactEvents['events'][number];
export type TimelineEntry =
  | { kind: 'event'; key: string; at: number; event: EventEntry }
  | { kind: 'order'; key: string; at: number; order: OrderRow }
  | { kind: 'message'; key: string; at: number; delivery: DeliveryRow };

/** all, orders, messages, or the type of an event as `event:<key>`. */
export type TimelineFilter = 'all' | 'events' | 'orders' | 'messages' | `event:${string}`;

export const isTimelineFilter = (text: string): text is TimelineFilter =>
  ['all', 'events', 'orders', 'messages'].includes(text) || text.startsWith('event:');

/** Everything that happened with a contact, newest first. */
export function timelineOf(
  events: readonly EventEntry[],
  { orders, deliveries }: Pick<ContactCard, 'orders' | 'deliveries'>,
): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...events.map((event) => ({ kind: 'event' as const, key: `event ${event.rowId}`, at: event.at, event })),
    ...orders.map((order) => ({ kind: 'order' as const, key: `order ${order.rowId}`, at: order.at, order })),
    ...deliveries.map((delivery) => ({
      kind: 'message' as const,
      key: `message ${delivery.rowId}`,
      at: delivery.sentAt ?? delivery.at,
      delivery,
    })),
  ];
  return entries.sort((a, b) => b.at - a.at);
}

export function isShown(entry: TimelineEntry, filter: TimelineFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'events':
      return entry.kind === 'event';
    case 'orders':
      return entry.kind === 'order';
    case 'messages':
      return entry.kind === 'message';
    default:
      return entry.kind === 'event' && filter === `event:${entry.event.type}`;
  }
}

/** Types of the events there are, most frequent first. */
export function typesOf(events: readonly EventEntry[]): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
}
