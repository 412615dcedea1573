/** What a reader's open, click or wish to leave changes. Each is one transaction. */

import type { Database, Tx } from '#server/storage/database.ts';
import { resubscribeAddresses, unsubscribeAddresses } from '#server/subscriptions/addresses.ts';
import type { Word } from '#server/subscriptions/consent-ledger.ts';
import { leave, subscriptionsOf } from '#server/subscriptions/subscriptions.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { queryOf } from '#server/sync/document-store.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { DeliveryRef } from './links.ts';
import { isMachine, type Visit } from './machine.ts';

export type VisitKind = 'open' | 'click';
type ReadVisit = Omit<Visit, 'sentAt'>;

/** The first of each kind is kept on the delivery, every one in its activity. False = no such delivery (any more). */
export async function recordVisit(
  db: Database,
  ref: DeliveryRef,
  kind: VisitKind,
  visit: ReadVisit,
  url: string | null,
): Promise<boolean> {
  return await db.tx(async (tx) => {
    const { rows } = await tx.query<Delivery>(
      `select sent_at, opened_at, machine_opened_at, clicked_at, machine_clicked_at
       from delivery where contact_id = $1 and row_id = $2 for update`,
      [ref.contactId, ref.rowId],
    );
    const delivery = rows[0];
    if (!delivery) return false;
    const machine = isMachine({ ...visit, sentAt: delivery.sent_at?.getTime() ?? null });
    const at = new Date(visit.at);
    await tx.query(
      'insert into delivery_activity (contact_id, row_id, at, kind, machine, url) values ($1, $2, $3, $4, $5, $6)',
      [ref.contactId, ref.rowId, at, kind, machine, url],
    );
    const fresh = columnsOf(kind, machine).filter((column) => delivery[column] === null);
    if (fresh.length === 0) return true;
    const sets = fresh.map((column) => `${column} = $3`).join(', ');
    await tx.query(`update delivery set ${sets} where contact_id = $1 and row_id = $2`, [ref.contactId, ref.rowId, at]);
    await markDirty(tx, 'delivery', [ref.rowId]);
    return true;
  });
}

type VisitColumn = 'opened_at' | 'machine_opened_at' | 'clicked_at' | 'machine_clicked_at';
type Delivery = { sent_at: Date | null } & Record<VisitColumn, Date | null>;

/** Who clicks has opened the mail, even where its pictures were blocked. */
function columnsOf(kind: VisitKind, machine: boolean): VisitColumn[] {
  if (kind === 'open') return [machine ? 'machine_opened_at' : 'opened_at'];
  return machine ? ['machine_clicked_at'] : ['clicked_at', 'opened_at'];
}

/** What a reader chose. Categories null: all mail to the address. */
export type Leaving = { categories: readonly string[] | null; reason: string | null };

/**
 * No more mail to the delivery's address, or none of some categories, whoever the address belongs to. Safe to repeat.
 * False = no such delivery (any more).
 */
export async function unsubscribe(
  db: Database,
  ref: DeliveryRef,
  { categories, reason }: Leaving,
  at: number,
): Promise<boolean> {
  return await db.tx(async (tx) => {
    const address = await addressOf(tx, ref);
    if (address === null) return false;
    const word: Word = { source: 'person', at, reason };
    // Contacts before deliveries, as everywhere: two transactions never wait for each other.
    if (categories === null) await unsubscribeAddresses(tx, [address], word);
    else await leave(tx, await holdersOf(queryOf(tx), address), categories, word);
    const { rows } = await tx.query(
      `update delivery set unsubscribed_at = $3
       where contact_id = $1 and row_id = $2 and unsubscribed_at is null returning row_id`,
      [ref.contactId, ref.rowId, new Date(at)],
    );
    if (rows.length > 0) {
      await markDirty(tx, 'delivery', [ref.rowId]);
      await tx.query(
        `insert into delivery_activity (contact_id, row_id, at, kind) values ($1, $2, $3, 'unsubscribe')`,
        [ref.contactId, ref.rowId, new Date(at)],
      );
    }
    return true;
  });
}

/** The reader takes it back: an own act, by a link that only their mailbox has. */
export async function comeBack(db: Database, ref: DeliveryRef, at: number): Promise<boolean> {
  return await db.tx(async (tx) => {
    const address = await addressOf(tx, ref);
    if (address === null) return false;
    await resubscribeAddresses(tx, [address], { source: 'person', at, evidence: `Link in delivery ${ref.rowId}` });
    return true;
  });
}

/** What whoever has the delivery's address subscribes to. */
export async function categoriesOf(db: Database, ref: DeliveryRef): Promise<{ id: string; name: string }[]> {
  const address = await addressOf(db.pool, ref);
  if (address === null) return [];
  const all = await subscriptionsOf(db, await holdersOf(db, address));
  const found = new Map<string, { id: string; name: string }>();
  for (const { id, name, state } of [...all.values()].flat()) if (state === 'subscribed') found.set(id, { id, name });
  return [...found.values()];
}

async function holdersOf(db: Pick<Database, 'query'>, address: string): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `select contact_id as id from identifier where kind = 'email' and value = $1
     union select id from contact where email_fold = $1 and deleted_at is null`,
    [address],
  );
  return rows.map(({ id }) => id);
}

/** Folded address a link to unsubscribe speaks of. */
async function addressOf(tx: Tx, { contactId, rowId }: DeliveryRef): Promise<string | null> {
  const { rows } = await tx.query<{ address: string | null }>(
    'select address from delivery where contact_id = $1 and row_id = $2',
    [contactId, rowId],
  );
  const address = rows[0]?.address ?? null;
  return address === null ? null : fold(address);
}
