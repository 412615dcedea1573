import type { Database, Tx } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';
import type { FeedPlace } from './judge.ts';

export type FeedState = FeedPlace & {
  /** What an older epoch numbered above this is unknown here. */
  epochFrom: number;
};

/**
 * Takes `count` versions and answers the first. Call it as late in a transaction as possible and write only what carries
 * the versions after it: its row lock makes commits happen in the order of versions, which is why readers skip nothing.
 */
export async function bump(tx: Tx, count: number): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    'update feed_counter set version = version + $1 where id = 1 returning version',
    [count],
  );
  return must(rows[0], 'the feed counter has its row').version - count + 1;
}

/** Where the feed is. Read it before the rows it is about: they then contain every change up to its version. */
export async function readFeed(db: Pick<Database, 'query'>): Promise<FeedState> {
  const [row] = await db.query<FeedState>(
    'select version, epoch, epoch_from as "epochFrom", pruned_to as "prunedTo" from feed_counter where id = 1',
  );
  return must(row, 'the feed counter has its row');
}
