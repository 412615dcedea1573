import { DAY_MS } from '#shared/kernel/time.ts';
import type { ShopData } from './shop-data.ts';

/** Revenue by day as one would first write it: a map of days, a set of buyers each. */
export function naiveRevenueByDay({ orders }: ShopData): number {
  const days = new Map<number, { gross: number; returns: number; orders: number; buyers: Set<number> }>();
  for (let row = 0; row < orders.at.length; row++) {
    const day = Math.floor((orders.at[row] ?? 0) / DAY_MS);
    const sums = days.get(day) ?? { gross: 0, returns: 0, orders: 0, buyers: new Set() };
    sums.gross += orders.gross[row] ?? 0;
    sums.returns += orders.returns[row] ?? 0;
    sums.orders++;
    sums.buyers.add(orders.contactId[row] ?? 0);
    days.set(day, sums);
  }
  return days.size;
}
