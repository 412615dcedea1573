import type { Database } from '#server/storage/database.ts';

/** Those of the (folded) addresses that must not get mail, and the reason to skip them. What is said of addresses is written by subscriptions/addresses.ts. */
export async function suppressedAmong(
  db: Pick<Database, 'query'>,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  if (addresses.length === 0) return new Map();
  const rows = await db.query<{ address: string; reason: string }>(
    `select address, case reason when 'unconfirmed' then 'notSubscribed' else reason end as reason
       from suppression where channel = 'email' and address = any($1::text[])`,
    [addresses],
  );
  return new Map(rows.map(({ address, reason }) => [address, reason]));
}
