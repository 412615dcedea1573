/** What the demo shop's customers do: they look around, fill carts, buy, and sometimes send something back. */
import { DAY_MS } from '#shared/kernel/time.ts';
import type { DemoPerson } from './demo-people.ts';
import { type DemoProduct, demoProducts } from './demo-products.ts';
import type { Random } from './random.ts';

const HISTORY_DAYS = 183;
const MINUTE_MS = 60_000;

export type DemoOrder = {
  person: number;
  id: string;
  at: number;
  status: 'DELIVERED' | 'IN_PROGRESS' | 'CANCELLED';
  lines: { product: DemoProduct /** 1/1,000; negative: sent back. */; quantity: number }[];
};
export type DemoEvent = { person: number; type: string; at: number; params: Record<string, unknown> };
export type DemoActivity = { orders: DemoOrder[]; events: DemoEvent[] };

const categories = [...new Set(demoProducts.map(({ category }) => category))];

/** Evenings and weekends are busier; so are the last months. */
function moment(random: Random, from: number, to: number): number {
  const day = from + (to - from) * random.next() ** 0.75;
  const hour = [7, 9, 10, 12, 13, 17, 19, 20, 21, 22][random.weighted([2, 3, 3, 5, 4, 5, 9, 10, 8, 4])] ?? 12;
  const at = Math.floor(day / DAY_MS) * DAY_MS + hour * 3_600_000 + random.int(0, 59 * 60) * 1000;
  return at < from || at >= to ? Math.floor(day) : at;
}

export function demoActivity(random: Random, people: readonly DemoPerson[], now: number): DemoActivity {
  const orders: DemoOrder[] = [];
  const events: DemoEvent[] = [];
  const pickProduct = (person: DemoPerson): DemoProduct => {
    const favourite = categories[person.taste % categories.length];
    return (
      demoProducts[
        random.weighted(demoProducts.map(({ category, weight }) => weight * (category === favourite ? 4 : 1)))
      ] ?? random.pick(demoProducts)
    );
  };
  const view = (person: number, product: DemoProduct, at: number): void => {
    events.push({
      person,
      type: 'productViewed',
      at,
      params: { productId: product.id, name: product.name, category: product.category, price: product.price / 10_000 },
    });
  };

  for (const [person, someone] of people.entries()) {
    const from = Math.max(someone.createdAt, now - HISTORY_DAYS * DAY_MS);
    const days = (now - from) / DAY_MS;
    const buys = Math.floor((someone.habit * days) / 90 + random.next() * (someone.habit > 0 ? 1.4 : 0));
    for (let count = 0; count < buys; count++) {
      const at = moment(random, from, now);
      const lines: DemoOrder['lines'] = Array.from({ length: random.weighted([0, 40, 30, 18, 8, 4]) }, () => ({
        product: pickProduct(someone),
        quantity: random.weighted([0, 78, 16, 4, 2]) * 1000,
      }));
      for (const [step, { product }] of lines.entries())
        view(person, product, at - (lines.length - step + 1) * 2 * MINUTE_MS);
      cart(person, lines, at - MINUTE_MS);
      const age = (now - at) / DAY_MS;
      const status = random.chance(0.025) ? 'CANCELLED' : age < 4 ? 'IN_PROGRESS' : 'DELIVERED';
      const sentBack = lines[0];
      if (status === 'DELIVERED' && sentBack && age > 10 && random.chance(0.06))
        lines.push({ product: sentBack.product, quantity: -sentBack.quantity });
      orders.push({ person, id: '', at, status, lines });
    }
    const visits = random.int(1, 4) + Math.floor(random.next() * (days / 16));
    for (let count = 0; count < visits; count++) {
      const at = moment(random, from, now);
      if (random.chance(0.25))
        events.push({
          person,
          type: 'searchRequest',
          at,
          params: { search: pickProduct(someone).category.toLowerCase(), isFound: 1 },
        });
      const viewed = Array.from({ length: random.weighted([0, 5, 3, 2]) }, () => pickProduct(someone));
      for (const [step, product] of viewed.entries()) view(person, product, at + step * 2 * MINUTE_MS);
      const first = viewed[0];
      if (first && random.chance(0.12)) cart(person, [{ product: first, quantity: 1000 }], at + 7 * MINUTE_MS);
      if (first && random.chance(0.07)) {
        events.push({
          person,
          type: 'productAddedToWishlist',
          at: at + 8 * MINUTE_MS,
          params: { productId: first.id, name: first.name, price: first.price / 10_000 },
        });
      }
    }
  }

  function cart(person: number, lines: DemoOrder['lines'], at: number): void {
    const products = lines.map(({ product, quantity }) => ({
      productId: product.id,
      name: product.name,
      quantity: quantity / 1000,
      price: product.price / 10_000,
    }));
    events.push({ person, type: 'cartUpdated', at, params: { products, currencyCode: 'GBP' } });
  }

  orders.sort((a, b) => a.at - b.at);
  for (const [at, order] of orders.entries()) order.id = `DEMO-${String(10_001 + at)}`;
  return { orders, events: events.filter(({ at }) => at < now).sort((a, b) => a.at - b.at) };
}
