/** Orders of the log: written as everywhere (see order-stage.ts), and what their statuses mean as events. */
import { applyOrders } from '#server/orders/apply-orders.ts';
import { groupOrders, reuseOrderStage, stagedLineCells, stagedLineColumns } from '#server/orders/order-stage.ts';
import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import type { NewEvent } from './insert-events.ts';
import type { IntakePayload } from './intake-row.ts';

export type OrderRow = Extract<IntakePayload, { kind: 'order' }>['body'] & { owner: number };

/** Stores each order once, and answers the events that happened by it. */
export async function applyOrderRows(tx: Tx, orders: readonly OrderRow[], now: number): Promise<NewEvent[]> {
  if (orders.length === 0) return [];
  await reuseOrderStage(tx);
  const { rows } = await tx.query<{ currency: string }>('select currency from workspace where id = 1');
  await copyRows(tx, `order_stage_line (${stagedLineColumns})`, stagedCells(orders));
  const count = await groupOrders(tx, { currency: rows[0]?.currency ?? 'GBP', status: 'DELIVERED' });
  const known = orders.filter(({ owner }) => owner !== 0);
  await tx.query(
    `update order_stage s set contact_id = o.owner from unnest($1::text[], $2::bigint[]) as o (id, owner) where s.external_order_id = o.id`,
    [known.map(({ externalOrderId }) => externalOrderId), known.map(({ owner }) => owner)],
  );
  const before = await readStatuses(tx);
  await applyOrders(tx, { from: 1, to: count, source: 'API', now });
  return eventsOf(tx, orders, before, now);
}

function stagedCells(orders: readonly OrderRow[]) {
  let line = 0;
  return orders.flatMap((order) =>
    order.lines.map((item, at) => {
      line += 1;
      return stagedLineCells(
        {
          line,
          externalOrderId: order.externalOrderId,
          at: order.at,
          customer: null,
          item: item.item,
          name: item.name,
          category: item.category,
          quantity: item.quantity,
          price: item.price,
          status: order.status,
          currency: order.currency,
          credit: false,
          extra: item.extra && storableJson(item.extra),
          orderExtra: at === 0 ? storableJson(order.extra) : null,
        },
        new Date(order.at).toISOString(),
      );
    }),
  );
}

/** Status of the staged orders that are known already. */
async function readStatuses(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; status: string }>(
    `select s.external_order_id as id, o.status from order_stage s
       join order_registry r using (external_order_id)
       join orders o on o.contact_id = r.contact_id and o.row_id = r.row_id`,
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

const eventTypeOf: Readonly<Record<string, string>> = {
  INITIALIZED: 'orderCreated',
  IN_PROGRESS: 'orderUpdated',
  DELIVERED: 'orderDelivered',
  CANCELLED: 'orderCancelled',
  ABANDONED_SHOPPING_CART: 'abandonedCart',
};

/**
 * An order that is new, or has another status than before, is an event by its status; other content alone is an update.
 * What is new happened when the order did, so that orders of the past are history; a change happened now.
 */
async function eventsOf(
  tx: Tx,
  orders: readonly OrderRow[],
  before: ReadonlyMap<string, string>,
  now: number,
): Promise<NewEvent[]> {
  const { rows } = await tx.query<{ id: string; owner: number }>(
    `select external_order_id as id, contact_id as owner from order_stage where outcome <> 'unchanged'`,
  );
  const changed = new Map(rows.map(({ id, owner }) => [id, owner]));
  const events: NewEvent[] = [];
  for (const { externalOrderId, status, at, values, extra, currency } of orders) {
    const owner = changed.get(externalOrderId);
    if (owner === undefined) continue;
    const was = before.get(externalOrderId);
    const type = was === status ? 'orderUpdated' : (eventTypeOf[status] ?? 'orderUpdated');
    const { externalCustomerId, email, phone } = values;
    const params = { externalOrderId, status, currency, externalCustomerId, email, phone, totalCost: extra.totalCost };
    const when = was === undefined ? Math.min(at, now) : now;
    events.push({ owner, type, at: when, keyValue: externalOrderId, params, source: 'Order' });
  }
  return events;
}
