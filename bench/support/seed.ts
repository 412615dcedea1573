import type { Database } from '#server/storage/database.ts';
import { makeShop, type ShopSize } from './shop-data.ts';
import { loadShop } from './shop-load.ts';

/**
 * Fills a fresh, migrated database with the made-up shop, straight into its tables: no intake, no dirty rows. A server
 * started afterwards builds chunks of it and goes on where the ids end.
 */
export async function seedShop(db: Database, size: Partial<ShopSize>): Promise<ShopSize> {
  const full: ShopSize = { contacts: 0, events: 0, orders: 0, deliveries: 0, ...size };
  await loadShop(db, makeShop(full));
  await db.query(
    `select setval('contact_id_seq', $1), setval('event_row_seq', $2), setval('order_row_seq', $3), setval('delivery_row_seq', $4)`,
    [full.contacts, full.events, full.orders, full.deliveries].map((rows) => Math.max(1, rows)),
  );
  return full;
}
