import { type CopyCell, copyRows } from '#server/storage/copy-rows.ts';
import type { Database } from '#server/storage/database.ts';
import { countries, emailOf, emailStates, eventTypes, firstNames, type ShopData, towns } from './shop-data.ts';

/** Thirty thousand last names, in no order. */
export const lastNameOf = (id: number): string => `Last${(id * 7_919) % 30_000}`;

function* lines(rows: number, cells: (row: number) => CopyCell[]): Generator<CopyCell[]> {
  for (let row = 0; row < rows; row++) yield cells(row);
}

const iso = (at: number | undefined) => (at === undefined || Number.isNaN(at) ? null : new Date(at).toISOString());

/** Loads the shop into the empty tables of a migrated database and lets PostgreSQL look at it. */
export async function loadShop(db: Database, shop: ShopData): Promise<void> {
  const { events, orders, deliveries } = shop;
  await db.query('insert into event_type (key) select unnest($1::text[])', [eventTypes]);
  const types = await db.query<{ id: number; key: string }>('select id, key from event_type');
  const typeIds = eventTypes.map((key) => types.find((type) => type.key === key)?.id ?? null);
  await db.tx(async (tx) => {
    await copyRows(
      tx,
      `contact (id, email, email_fold, first_name, first_name_fold, last_name, last_name_fold, country, country_fold, town, town_fold, email_status,
        created_at, updated_at)`,
      lines(shop.contacts, (row) => {
        const id = row + 1;
        const created = iso(shop.createdAt[id]);
        const email = emailOf(shop, id);
        const name = firstNames[shop.firstName[id] ?? 0] ?? '';
        const country = countries[shop.country[id] ?? 0] ?? '';
        const town = towns[shop.town[id] ?? 0] ?? '';
        const texts = [email, name, lastNameOf(id), country, town].flatMap((text) => [text, text.toLowerCase()]);
        return [id, ...texts, emailStates[shop.emailState[id] ?? 0] ?? 'none', created, created];
      }),
    );
    await copyRows(
      tx,
      'event (contact_id, row_id, at, type_id, source)',
      lines(events.at.length, (row) => [
        events.contactId[row] ?? 0,
        row + 1,
        iso(events.at[row]),
        typeIds[events.type[row] ?? 0] ?? null,
        'bench',
      ]),
    );
    await copyRows(
      tx,
      `orders (contact_id, row_id, external_order_id, at, status, currency, gross, returns, gross_lines, line_count, source,
        digest)`,
      lines(orders.at.length, (row) => {
        const { [row]: contactId = 0 } = orders.contactId;
        const { [row]: gross = 0 } = orders.gross;
        const { [row]: returns = 0 } = orders.returns;
        const at = iso(orders.at[row]);
        return [contactId, row + 1, `O${row}`, at, 'DELIVERED', 'GBP', gross, returns, 1, 1, 'bench', ''];
      }),
    );
    await copyRows(
      tx,
      'delivery (contact_id, row_id, id, campaign_id, state, created_at, sent_at, opened_at, clicked_at)',
      lines(deliveries.at.length, (row) => {
        const { [row]: contactId = 0 } = deliveries.contactId;
        const at = iso(deliveries.at[row]);
        const opened = iso(deliveries.openedAt[row]);
        return [contactId, row + 1, `d${row}`, `c${row}`, 'sent', at, at, opened, iso(deliveries.clickedAt[row])];
      }),
    );
  });
  await db.query('vacuum analyze');
}
