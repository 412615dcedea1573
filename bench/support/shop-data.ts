/**
 * A made-up shop as plain columns, the same for every run: what the benchmarks load into PostgreSQL and into column parts.
 * Skewed like real ones: few contacts do much, most events are opens, a year of history up to `now`.
 */
import { DAY_MS } from '#shared/kernel/time.ts';

export const benchNow = Date.UTC(2026, 10, 23);

export const countries = ['GB', 'DE', 'FR', 'ES', 'IT', 'PL', 'NL', 'UA', 'SE', 'US'];
export const emailStates = ['subscribed', 'unsubscribed', 'bounced', 'none'];
export const domains = ['example.com', 'mail.example', 'post.example.org', 'box.example.net'];
export const eventTypes = ['open', 'view', 'click', 'purchase', 'signup'];
export const towns = Array.from({ length: 500 }, (_, index) => `Town ${index}`);
export const firstNames = Array.from({ length: 2_000 }, (_, index) => `Name${index}`);

export type Activity = { contactId: Uint32Array; at: Float64Array };
export type ShopData = {
  now: number;
  /** Contact ids are 1…contacts; index 0 of each array is unused. */
  contacts: number;
  country: Uint8Array;
  town: Uint16Array;
  firstName: Uint16Array;
  domain: Uint8Array;
  emailState: Uint8Array;
  createdAt: Float64Array;
  /** In the order of time; row ids are index + 1. */
  events: Activity & { type: Uint8Array };
  orders: Activity & { gross: Float64Array; returns: Float64Array };
  /** Times of opens and clicks are NaN where there was none. */
  deliveries: Activity & { openedAt: Float64Array; clickedAt: Float64Array };
};

export type ShopSize = { contacts: number; events: number; orders: number; deliveries: number };

/** A small seeded generator (mulberry32) of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Builds the shop. */
export function makeShop({ contacts, events, orders, deliveries }: ShopSize): ShopData {
  const random = seeded(20_261_123);
  const below = (limit: number) => Math.floor(random() * limit);
  const skewed = (limit: number) => Math.floor(random() * random() * limit);
  const year = 365 * DAY_MS;
  const activity = (rows: number): Activity => {
    const contactId = new Uint32Array(rows);
    const at = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      contactId[row] = 1 + skewed(contacts);
      at[row] = benchNow - year + Math.floor((row / rows) * year);
    }
    return { contactId, at };
  };
  const filled = <T extends Uint8Array | Uint16Array | Float64Array>(array: T, make: () => number): T => {
    for (let index = 0; index < array.length; index++) array[index] = make();
    return array;
  };
  const delivered = activity(deliveries);
  const openedAt = new Float64Array(deliveries).fill(Number.NaN);
  const clickedAt = new Float64Array(deliveries).fill(Number.NaN);
  delivered.at.forEach((at, row) => {
    if (random() > 0.4) return;
    openedAt[row] = Math.min(at + below(3 * DAY_MS), benchNow);
    if (random() < 0.2) clickedAt[row] = openedAt[row] ?? Number.NaN;
  });
  return {
    now: benchNow,
    contacts,
    country: filled(new Uint8Array(contacts + 1), () => skewed(countries.length)),
    town: filled(new Uint16Array(contacts + 1), () => skewed(towns.length)),
    firstName: filled(new Uint16Array(contacts + 1), () => skewed(firstNames.length)),
    domain: filled(new Uint8Array(contacts + 1), () => below(domains.length)),
    emailState: filled(new Uint8Array(contacts + 1), () => (random() < 0.7 ? 0 : below(emailStates.length))),
    createdAt: filled(new Float64Array(contacts + 1), () => benchNow - below(2 * year)),
    events: {
      ...activity(events),
      type: filled(new Uint8Array(events), () => Math.min(eventTypes.length - 1, Math.floor(random() ** 2 * 6))),
    },
    orders: {
      ...activity(orders),
      gross: filled(new Float64Array(orders), () => 10_000 * (5 + skewed(300))),
      returns: filled(new Float64Array(orders), () => (random() < 0.05 ? 50_000 : 0)),
    },
    deliveries: { ...delivered, openedAt, clickedAt },
  };
}

export const emailOf = (shop: ShopData, id: number) => `user${id}@${domains[shop.domain[id] ?? 0]}`;
