/**
 * What waits to be handed over. A worker takes rows of one bucket at a time for as long as its lease lasts; the lease
 * only schedules, the delivery's own state (see ledger.ts) decides who may send.
 */
import { isSubscribed } from '#server/lists/memberships.ts';
import type { Database } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { ContactValues } from '#shared/message/render.ts';
import { type ContactColumns, contactColumns, contactValues } from './contact-values.ts';
import { suppressedAmong } from './suppression.ts';

export const LEASE_SECONDS = 15;
const lease = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;

export type Job = {
  bucket: number;
  rowId: number;
  contactId: number;
  campaignId: string;
  deliveryId: string;
  address: string;
  /** The address as suppressions know it. */
  folded: string;
  attempts: number;
  /** Epoch ms. */
  claimedAt: number;
  contact: ContactValues;
  /** Why nothing may be sent, found while claiming; null = go on. */
  skip: string | null;
};

/** Buckets with something to do now for one of the campaigns. */
export async function dueBuckets(db: Database, campaigns: readonly string[], now: number): Promise<number[]> {
  const rows = await db.query<{ bucket: number }>(
    `select b as bucket from generate_series(0, 63) as b where exists (
       select 1 from outbox o where o.bucket = b::smallint and o.next_at <= $2 and o.campaign_id = any($1::text[])
         and (o.leased_until is null or o.leased_until < clock_timestamp()))`,
    [campaigns, new Date(now)],
  );
  return rows.map(({ bucket }) => bucket);
}

export type Claim = { bucket: number; campaigns: readonly string[]; limit: number; holder: string; now: number };

/** Takes up to `limit` due rows of a bucket; suppression, subscription and deletion are looked up right here. */
export async function claim(db: Database, { bucket, campaigns, limit, holder, now }: Claim): Promise<Job[]> {
  type Row = ContactColumns & {
    row_id: number;
    contact_id: number;
    campaign_id: string;
    delivery_id: string;
    send_to: string | null;
    attempts: number;
    gone: boolean;
    subscribed: boolean;
  };
  const rows = await db.query<Row>(
    `with due as (
       select row_id from outbox
       where bucket = $1::smallint and next_at <= $2 and campaign_id = any($3::text[])
         and (leased_until is null or leased_until < clock_timestamp())
       order by next_at limit $4 for update skip locked
     ), taken as (
       update outbox o set leased_until = ${lease}, lease_holder = $5
       from due where o.bucket = $1::smallint and o.row_id = due.row_id
       returning o.row_id, o.contact_id, o.campaign_id
     )
     select t.row_id, t.contact_id, t.campaign_id, d.id as delivery_id, d.address as send_to, d.attempts,
       c.id is null or c.deleted_at is not null as gone, ${isSubscribed('c.id', 'r.categories')} as subscribed,
       ${contactColumns('c')}
     from taken t
     join delivery d on d.contact_id = t.contact_id and d.row_id = t.row_id and d.state = 'queued'
     join campaign_run r on r.campaign_id = t.campaign_id
     left join contact_alias a on a.id = t.contact_id
     left join contact c on c.id = coalesce(a.survivor, t.contact_id)
     order by t.row_id`,
    [bucket, new Date(now), campaigns, limit, holder],
  );
  const suppressed = await suppressedAmong(
    db,
    rows.map((row) => fold(row.send_to ?? '')),
  );
  return rows.map((row) => {
    const address = row.send_to ?? '';
    const folded = fold(address);
    return {
      bucket,
      rowId: row.row_id,
      contactId: row.contact_id,
      campaignId: row.campaign_id,
      deliveryId: row.delivery_id,
      address,
      folded,
      attempts: row.attempts,
      claimedAt: now,
      contact: contactValues(row),
      skip: row.gone ? 'deleted' : (suppressed.get(folded) ?? (row.subscribed ? null : 'notSubscribed')),
    };
  });
}

/** Tells that this worker is alive and still holds the jobs. */
export async function renew(db: Database, jobs: readonly Job[], holder: string): Promise<void> {
  if (jobs.length === 0) return;
  await db.query(
    `update outbox o set leased_until = ${lease}
     from unnest($1::smallint[], $2::bigint[]) as k (bucket, row_id)
     where o.bucket = k.bucket and o.row_id = k.row_id and o.lease_holder = $3`,
    [jobs.map(({ bucket }) => bucket), jobs.map(({ rowId }) => rowId), holder],
  );
}

/**
 * A delivery that was being sent when its worker died is uncertain: it may or may not have arrived, so it is never sent
 * again by itself. `all`: at start with the embedded database, whose folder lock proves that nobody else is alive; else
 * only those whose lease has run out. Answers the campaigns concerned.
 */
export async function recover(db: Database, options: { all: boolean }): Promise<string[]> {
  return await db.tx(async (tx) => {
    if (options.all)
      await tx.query('update outbox set leased_until = null, lease_holder = null where leased_until is not null');
    const { rows } = await tx.query<{ row_id: number; campaign_id: string }>(
      `with lost as (
         select o.bucket, o.row_id, o.contact_id from outbox o
         join delivery d on d.contact_id = o.contact_id and d.row_id = o.row_id
         where d.state = 'sending' and (o.leased_until is null or o.leased_until < clock_timestamp())
         for update of o skip locked
       ), gone as (
         delete from outbox o using lost l where o.bucket = l.bucket and o.row_id = l.row_id
       )
       update delivery d set state = 'uncertain', reason = 'interrupted'
       from lost l where d.contact_id = l.contact_id and d.row_id = l.row_id and d.state = 'sending'
       returning d.row_id, d.campaign_id`,
    );
    await markDirty(
      tx,
      'delivery',
      rows.map(({ row_id }) => row_id),
    );
    return [...new Set(rows.map(({ campaign_id }) => campaign_id))];
  });
}
