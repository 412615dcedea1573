import type { Database, Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';

export type SuppressionReason = 'unsubscribed' | 'bounced' | 'complained';

/** What somebody asked for outweighs what a server answered. */
const weight = `case suppression.reason when 'complained' then 3 when 'unsubscribed' then 2 else 1 end`;
const newWeight = weight.replaceAll('suppression.', 'excluded.');

/** No more mail to these (folded) addresses: every contact that has one shows it. Takes contact rows in id order. */
export async function suppress(
  tx: Tx,
  addresses: readonly string[],
  reason: SuppressionReason,
  at: number,
): Promise<void> {
  if (addresses.length === 0) return;
  const sorted = [...new Set(addresses)].sort();
  await tx.query(
    `insert into suppression (channel, address, reason, created_at)
     select 'email', address, $2, $3 from unnest($1::text[]) as address
     on conflict (channel, address) do update set reason = excluded.reason where ${newWeight} > ${weight}`,
    [sorted, reason, new Date(at)],
  );
  await tx.query(
    'select id from contact where email_fold = any($1::text[]) and deleted_at is null order by id for update',
    [sorted],
  );
  const { rows } = await tx.query<{ id: number }>(
    `update contact c set email_status = s.reason, updated_at = $2
     from suppression s
     where s.channel = 'email' and s.address = any($1::text[]) and c.email_fold = s.address
       and c.deleted_at is null and c.email_status <> s.reason
     returning c.id`,
    [sorted, new Date(at)],
  );
  await markDirty(
    tx,
    'contact',
    rows.map(({ id }) => id),
  );
}

/** Those of the (folded) addresses that must not get mail. */
export async function suppressedAmong(
  db: Pick<Database, 'query'>,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  if (addresses.length === 0) return new Map();
  const rows = await db.query<{ address: string; reason: string }>(
    `select address, reason from suppression where channel = 'email' and address = any($1::text[])`,
    [addresses],
  );
  return new Map(rows.map(({ address, reason }) => [address, reason]));
}
