import { setTimeout as sleep } from 'node:timers/promises';
import type { Tx } from '#server/storage/database.ts';

const LONGEST_MS = 3_000;

/**
 * A batch of an import holds the locks of nearly every identity, so whatever comes in live waits for its end, a lane at a
 * time. When something waits, the import pauses for as long as its batch took: the lanes are worked meanwhile.
 */
export async function letOthersIn(
  inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  tookMs: number,
): Promise<void> {
  const isAwaited = await inTransaction(async (tx) => (await tx.query('select 1 from intake limit 1')).rows.length > 0);
  if (isAwaited) await sleep(Math.min(tookMs, LONGEST_MS));
}
