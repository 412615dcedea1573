import type { Database } from '#server/storage/database.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { reviewSchema } from '#shared/sync/review.schema.ts';

/** The contact a review is about; null for every other document. */
export function reviewedContact({ kind, deleted, body }: Pick<Envelope, 'kind' | 'deleted' | 'body'>): number | null {
  return kind === 'review' && !deleted ? (reviewSchema.safeParse(body).data?.about.contactId ?? null) : null;
}

/**
 * Those of the contacts that were erased (ERASE-1): a device that has not heard of it yet must not bring their values back.
 * Ask while the counter is held.
 */
export async function erasedAmong(db: Pick<Database, 'query'>, contactIds: readonly number[]): Promise<Set<number>> {
  if (contactIds.length === 0) return new Set();
  const rows = await db.query<{ id: number }>(
    `select id.value as id from unnest($1::bigint[], $2::text[]) as id (value, document)
      where exists (select 1 from document d where d.id = id.document)`,
    [contactIds, contactIds.map(erasureId)],
  );
  return new Set(rows.map(({ id }) => id));
}
