/** What words about orders mean as events. Pure. */
import type { NewEvent } from './insert-events.ts';
import type { IntakePayload } from './intake-row.ts';

type OrderWord = Extract<IntakePayload, { kind: 'order' }>['body'];
/** `owner`: whose it is now. `changed`: whether it is another order than before the batch. */
export type StoredOrder = { owner: number; currency: string; changed: boolean };
export type Stage = {
  /** Statuses of the orders that were known already. */
  before: ReadonlyMap<string, string>;
  stored: ReadonlyMap<string, StoredOrder>;
  now: number;
};

/** An order of a wholesaler has thousands of lines; an event names the first ones and counts them all. */
const MAX_ITEMS = 50;
const MAX_TEXT = 500;

const eventTypeOf: Readonly<Record<string, string>> = {
  INITIALIZED: 'orderCreated',
  IN_PROGRESS: 'orderUpdated',
  DELIVERED: 'orderDelivered',
  CANCELLED: 'orderCancelled',
  ABANDONED_SHOPPING_CART: 'abandonedCart',
};

/** Everything but which request it came with. */
const contentOf = ({ session: _, ...word }: OrderWord): string => JSON.stringify(word);
const cut = (value: unknown): unknown => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : value);

function paramsOf(word: OrderWord, currency: string): Record<string, unknown> {
  const { externalOrderId, status, values, extra, lines } = word;
  const { externalCustomerId, email, phone } = values;
  return {
    ...{ externalOrderId, status, externalCustomerId, email, phone },
    totalCost: extra.totalCost,
    currency: word.currency ?? currency,
    deliveryMethod: cut(extra.deliveryMethod) ?? undefined,
    restoreUrl: cut(extra.restoreUrl) ?? undefined,
    itemCount: lines.length,
    items: lines.slice(0, MAX_ITEMS).map(({ item, name, quantity, price }) => ({
      ...{ externalItemId: cut(item), name: cut(name) },
      ...{ quantity: quantity / 1_000, cost: price / 10_000 },
    })),
  };
}

/**
 * An order that is new, or has another status than the word before said, is an event by its status; other content alone is
 * an update. What is new happened when the order did, so that orders of the past are history; a change happened now.
 */
export function orderEvents(words: readonly OrderWord[], { before, stored, now }: Stage): NewEvent[] {
  const events: NewEvent[] = [];
  const last = new Map<string, OrderWord>();
  const told = new Set<string>();
  const raise = (word: OrderWord, type: string, at: number): void => {
    const { externalOrderId } = word;
    const { owner, currency } = stored.get(externalOrderId) ?? { owner: 0, currency: '' };
    told.add(externalOrderId);
    events.push({ owner, type, at, keyValue: externalOrderId, params: paramsOf(word, currency), source: 'Order' });
  };
  for (const word of words) {
    const { externalOrderId, status, at } = word;
    const previous = last.get(externalOrderId);
    const was = previous?.status ?? before.get(externalOrderId);
    last.set(externalOrderId, word);
    if (was !== status) {
      raise(word, eventTypeOf[status] ?? 'orderUpdated', was === undefined ? Math.min(at, now) : now);
    } else if (previous && contentOf(previous) !== contentOf(word)) raise(word, 'orderUpdated', now);
  }
  for (const [id, word] of last) if (!told.has(id) && stored.get(id)?.changed) raise(word, 'orderUpdated', now);
  return events;
}
