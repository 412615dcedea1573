/**
 * A seeded, believable shop for first steps and screenshots. Its contacts are marked, and its addresses lie below
 * .invalid, so nothing can ever be sent to them outside a test sink. Removing it takes exactly what belongs to them.
 */
import { writeContacts } from '#server/identity/write-contacts.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import { applyOrders } from '#server/orders/apply-orders.ts';
import { groupOrders, reuseOrderStage, stagedLineCells, stagedLineColumns } from '#server/orders/order-stage.ts';
import type { Deps } from '#server/service.ts';
import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { DemoPort } from '#shared/api/ports.ts';
import type { Entity } from '#shared/columns/tables.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type DemoOrder, demoActivity } from './demo-activity.ts';
import { demoPeople } from './demo-people.ts';
import { createRandom } from './random.ts';

const SEED = 20_261_123;
/** Any fixed number: the shop is opened or closed by one at a time. */
const LOCK = 77_213_005;

export function createDemo(deps: Pick<Deps, 'db' | 'now' | 'wake'>): DemoPort {
  const { db } = deps;

  async function isLoaded(tx: Pick<Tx, 'query'>): Promise<boolean> {
    const { rowCount } = await tx.query('select 1 from contact where demo and deleted_at is null limit 1');
    return rowCount === 1;
  }

  return {
    async load() {
      const now = deps.now();
      const random = createRandom(SEED);
      const people = demoPeople(random, now);
      const { orders, events } = demoActivity(random, people, now);
      await db.tx(async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
        if (await isLoaded(tx)) throw new UserError('conflict', 'The demo shop is already there. Remove it first.');
        const { ids } = await writeContacts(tx, people, { source: 'Demo', now, demo: true });
        await insertOrders(tx, orders, ids, now);
        await insertEvents(
          tx,
          events.map(({ person, ...event }) => ({ ...event, owner: ids[person] ?? 0, keyValue: null, source: 'Demo' })),
        );
      });
      await db.query('analyze contact, identifier, orders, order_line, event');
      deps.wake.notify('dirty');
      return { contacts: people.length, orders: orders.length, events: events.length };
    },

    async remove() {
      const contacts = await db.tx(async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
        return removeAll(tx);
      });
      deps.wake.notify('dirty');
      return { contacts };
    },

    async loaded() {
      return (await db.query('select 1 from contact where demo and deleted_at is null limit 1')).length > 0;
    },
  };
}

async function insertOrders(tx: Tx, orders: readonly DemoOrder[], ids: readonly number[], now: number): Promise<void> {
  await reuseOrderStage(tx);
  let line = 0;
  const cells = orders.flatMap(({ person, id, at, status, lines }) =>
    lines.map(({ product, quantity }) => {
      line += 1;
      const { id: item, name, category, price } = product;
      const staged = {
        line,
        externalOrderId: id,
        at,
        customer: String(person),
        item,
        name,
        category,
        quantity,
        price,
        status,
        currency: null,
        credit: false,
      };
      return stagedLineCells(staged, new Date(at).toISOString());
    }),
  );
  await copyRows(tx, `order_stage_line (${stagedLineColumns})`, cells);
  const { rows } = await tx.query<{ currency: string }>('select currency from workspace where id = 1');
  const count = await groupOrders(tx, { currency: rows[0]?.currency ?? 'GBP', status: 'DELIVERED' });
  await tx.query('update order_stage set contact_id = ($1::bigint[])[customer::int + 1]', [ids]);
  await applyOrders(tx, { from: 1, to: count, source: 'Demo', now });
}

/** Deletes the demo contacts with everything that is theirs, and marks all of it as changed. */
async function removeAll(tx: Tx): Promise<number> {
  const demo = 'select id from contact where demo';
  const { rows: contacts } = await tx.query<{ id: number }>(`${demo} order by id for update`);
  const deleted: Record<Entity, string> = {
    order: `delete from orders where contact_id in (${demo}) returning row_id as key`,
    event: `delete from event where contact_id in (${demo}) returning row_id as key`,
    delivery: `delete from delivery where contact_id in (${demo}) returning row_id as key`,
    membership: `delete from membership where contact_id in (${demo}) returning row_id as key`,
    contact: 'delete from contact where demo returning id as key',
  };
  for (const table of [
    'order_line',
    'order_registry',
    'identifier',
    'outbox',
    'delivery_activity',
    'consent',
    'segment_member',
  ]) {
    await tx.query(`delete from ${table} where contact_id in (${demo})`);
  }
  for (const entity of ['order', 'event', 'delivery', 'membership', 'contact'] as const) {
    const { rows } = await tx.query<{ key: number }>(deleted[entity]);
    await markDirty(
      tx,
      entity,
      rows.map(({ key }) => key),
    );
  }
  return contacts.length;
}
