import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';

export type AppliedOrders = { created: number; updated: number; unchanged: number };

/**
 * Stores the staged orders with from ≤ seq ≤ to, all or nothing, in the caller's transaction. An order is known by its
 * external id whoever it belongs to: equal content changes nothing, other content replaces its lines, another customer
 * moves it. An order whose customer is not given stays with whom it was.
 */
export async function applyOrders(
  tx: Tx,
  slice: { from: number; to: number; source: string; now: number },
): Promise<AppliedOrders> {
  const range = [slice.from, slice.to];
  await tx.query(
    `insert into order_registry (external_order_id, contact_id, row_id)
     select external_order_id, coalesce(contact_id, 0), nextval('order_row_seq')
       from (select external_order_id, contact_id from order_stage s
              where seq between $1 and $2
                and not exists (select 1 from order_registry r where r.external_order_id = s.external_order_id)
              order by external_order_id) fresh
     on conflict do nothing`,
    range,
  );
  // Locked in one order by everybody; the next statement then sees what a writer before us committed.
  await tx.query(
    `select 1 from order_registry r join order_stage s using (external_order_id)
      where s.seq between $1 and $2 order by external_order_id for update of r`,
    range,
  );
  await tx.query(
    `update order_stage s
        set row_id = r.row_id, old_contact_id = r.contact_id, contact_id = coalesce(s.contact_id, r.contact_id),
            outcome = case when o.row_id is null then 'created'
                           when o.digest = s.digest and coalesce(s.contact_id, r.contact_id) = r.contact_id then 'unchanged'
                           else 'updated' end
       from order_registry r left join orders o on o.contact_id = r.contact_id and o.row_id = r.row_id
      where s.seq between $1 and $2 and r.external_order_id = s.external_order_id`,
    range,
  );
  await tx.query(
    `delete from order_line l using order_stage s
      where s.seq between $1 and $2 and s.outcome = 'updated' and l.contact_id = s.old_contact_id and l.order_row_id = s.row_id`,
    range,
  );
  await tx.query(
    `delete from orders o using order_stage s
      where s.seq between $1 and $2 and s.outcome = 'updated' and s.contact_id <> s.old_contact_id
        and o.contact_id = s.old_contact_id and o.row_id = s.row_id`,
    range,
  );
  await tx.query(
    `update order_registry r set contact_id = s.contact_id from order_stage s
      where s.seq between $1 and $2 and s.contact_id <> s.old_contact_id and r.external_order_id = s.external_order_id`,
    range,
  );
  await tx.query(
    `insert into orders (contact_id, row_id, external_order_id, at, status, currency, credit, gross, returns, gross_lines, line_count,
                         extra, source, digest, created_at, updated_at)
     select contact_id, row_id, external_order_id, at, status, currency, credit, gross, returns, gross_lines, line_count,
            extra, $3, digest, $4, $4
       from order_stage where seq between $1 and $2 and outcome <> 'unchanged'
     on conflict (contact_id, row_id) do update
        set at = excluded.at, status = excluded.status, currency = excluded.currency, credit = excluded.credit, gross = excluded.gross,
            returns = excluded.returns, gross_lines = excluded.gross_lines, line_count = excluded.line_count, extra = excluded.extra,
            source = excluded.source, digest = excluded.digest, updated_at = excluded.updated_at`,
    [...range, slice.source, new Date(slice.now).toISOString()],
  );
  await tx.query(
    `insert into order_line (contact_id, order_row_id, line_no, external_item_id, name, category, quantity, price, extra)
     select s.contact_id, s.row_id, row_number() over (partition by l.external_order_id order by l.line),
            l.item, l.name, l.category, l.quantity, l.price, l.extra
       from order_stage s join order_stage_line l using (external_order_id)
      where s.seq between $1 and $2 and s.outcome <> 'unchanged'`,
    range,
  );
  const { rows } = await tx.query<{ row_id: number; outcome: keyof AppliedOrders }>(
    'select row_id, outcome from order_stage where seq between $1 and $2',
    range,
  );
  const applied: AppliedOrders = { created: 0, updated: 0, unchanged: 0 };
  for (const { outcome } of rows) applied[outcome] += 1;
  await markDirty(
    tx,
    'order',
    rows.filter(({ outcome }) => outcome !== 'unchanged').map(({ row_id }) => row_id),
  );
  return applied;
}
