/** Orders of the log: written as everywhere (see order-stage.ts). What their statuses mean as events is in order-events.ts. */
import { applyOrders } from '#server/orders/apply-orders.ts';
import { groupOrders, reuseOrderStage, stagedLineCells, stagedLineColumns } from '#server/orders/order-stage.ts';
import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import type { NewEvent } from './insert-events.ts';
import type { IntakePayload } from './intake-row.ts';
import { orderEvents, type StoredOrder } from './order-events.ts';

export type OrderRow = Extract<IntakePayload, { kind: 'order' }>['body'] & { owner: number };

/** Stores of each order the last word, and answers the events that happened by all of them. */
export async function applyOrderRows(tx: Tx, words: readonly OrderRow[], now: number): Promise<NewEvent[]> {
  if (words.length === 0) return [];
  const orders = [...new Map(words.map((word) => [word.externalOrderId, word])).values()];
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
  return orderEvents(words, { before, stored: await readStored(tx), now });
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

/** What was made of the staged orders. */
async function readStored(tx: Tx): Promise<Map<string, StoredOrder>> {
  const { rows } = await tx.query<StoredOrder & { id: string }>(
    `select external_order_id as id, contact_id as owner, currency, outcome <> 'unchanged' as changed from order_stage`,
  );
  return new Map(rows.map(({ id, ...stored }) => [id, stored]));
}
