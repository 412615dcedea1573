import type { Tx } from '#server/storage/database.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { bucketOf } from './buckets.ts';

/** Any fixed number: it only has to be the same in every Muster. */
const IDENTITY_LOCK = 77_213_002;

/** Locks the buckets of the identifiers, in everybody's order. Given back at the transaction's end. */
export async function lockBuckets(tx: Tx, identifiers: readonly Identifier[]): Promise<void> {
  const buckets = new Set<number>();
  for (const { value } of identifiers) buckets.add(bucketOf(value));
  if (buckets.size === 0) return;
  const ordered = [...buckets].sort((a, b) => a - b);
  await tx.query('select pg_advisory_xact_lock($1, bucket) from unnest($2::int[]) as bucket', [IDENTITY_LOCK, ordered]);
}
