import type { Database, Tx } from '#server/storage/database.ts';
import { bump } from './feed.ts';

const DAY_MS = 86_400_000;
/** [TOMB-1] How long a deletion is remembered; a review that nobody settles goes after the same time. */
const KEEP_TOMBSTONES_MS = 90 * DAY_MS;
/** As long as a device may stay away (the lease): until then an edit sent twice must be recognised (EDIT-4). */
const KEEP_EDITS_MS = 30 * DAY_MS;
/** The counter is held meanwhile; the rest goes with the next turn. */
const BATCH = 5_000;

/**
 * Forgets old tombstones and edits, and ends reviews that are settled or old. Answers whether clients have to hear of it.
 * The counter is taken first, as by everybody who writes documents, but only when there is something to do.
 */
export function pruneDocuments(db: Pick<Database, 'tx'>, now: number): Promise<boolean> {
  const old = new Date(now - KEEP_TOMBSTONES_MS);
  return db.tx(async (tx) => {
    const ended = await endedReviews(tx, old);
    const forgotten = await forgottenDocuments(tx, old, new Date(now - KEEP_EDITS_MS));
    if (ended.length === 0 && forgotten.length === 0) return false;
    const first = await bump(tx, ended.length);
    await tx.query(
      `update document d set deleted = true, body = '{}', rev = $1::bigint + e.at - 1, updated_by = null, updated_at = $3
         from unnest($2::text[]) with ordinality as e (id, at) where d.id = e.id and not d.deleted`,
      [first, ended, new Date(now)],
    );
    // What came back to life meanwhile has a newer revision and stays.
    const { rows } = await tx.query<{ rev: number }>(
      `delete from document d using unnest($1::text[], $2::bigint[]) as f (id, rev)
        where d.id = f.id and d.rev = f.rev returning d.rev`,
      [forgotten.map(({ id }) => id), forgotten.map(({ rev }) => rev)],
    );
    const highest = rows.reduce((most, { rev }) => Math.max(most, rev), 0);
    await tx.query('update feed_counter set pruned_to = greatest(pruned_to, $1) where id = 1', [highest]);
    return ended.length > 0;
  });
}

/** Reviews that are settled by both authors, or old. They go from every device, as tombstones. */
async function endedReviews(tx: Tx, old: Date): Promise<string[]> {
  const settledBy = (author: string) =>
    `(coalesce(body -> '${author}', 'null') = 'null' or body -> 'settledBy' @> (body -> '${author}'))`;
  const { rows } = await tx.query<{ id: string }>(
    `select id from document
      where kind = 'review' and not deleted
        and (updated_at < $1 or (${settledBy('keptBy')} and ${settledBy('lostBy')}))
      order by rev limit $2`,
    [old, BATCH],
  );
  return rows.map(({ id }) => id);
}

async function forgottenDocuments(tx: Tx, tombstones: Date, edits: Date): Promise<{ id: string; rev: number }[]> {
  const { rows } = await tx.query<{ id: string; rev: number }>(
    `select id, rev from document
      where (deleted and updated_at < $1) or (kind = 'contact-edit' and not deleted and updated_at < $2)
      order by rev limit $3`,
    [tombstones, edits, BATCH],
  );
  return rows;
}
