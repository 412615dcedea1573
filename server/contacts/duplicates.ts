/**
 * Cards that share something. Of many that share one thing each is shown with the next, so that a page stays a page; what a
 * person kept apart is left out. A pair that shares an email is not shown again for its phone.
 */
import type { Database } from '#server/storage/database.ts';
import type { DuplicatePage, DuplicatePair } from '#shared/contact/duplicate.schema.ts';
import type { IdentifierKind } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type Summarised, summaryOf } from './card-summary.ts';

const PAGE = 50;

type Row = Summarised<'older' | 'newer'> & { kind: IdentifierKind; value: string; same_name: boolean };

export async function findDuplicates(db: Pick<Database, 'query'>, after: string | null): Promise<DuplicatePage> {
  const from = after === null ? ['', '', 0] : parseCursor(after);
  const rows = await db.query<Row>(
    `with neighbour as (
       select kind, value, contact_id as older_id, lead(contact_id) over same as newer_id
         from identifier where kind in ('email', 'phone', 'loyaltyNumber') and (kind, value) >= ($1::text, $2::text collate "C")
       window same as (partition by kind, value order by contact_id)
     )
     select n.kind, n.value, ${summaryOf('o')} as older, ${summaryOf('c')} as newer,
            coalesce(o.first_name_fold = c.first_name_fold and o.last_name_fold = c.last_name_fold, false) as same_name
       from neighbour n
       join contact o on o.id = n.older_id and o.deleted_at is null
       join contact c on c.id = n.newer_id and c.deleted_at is null
      where (n.kind, n.value, n.older_id) > ($1::text, $2::text collate "C", $3::bigint)
        and not coalesce(o.kept_apart, '[]') @> to_jsonb(c.id)
        and not exists (
          select 1 from identifier a join identifier b on b.kind = a.kind and b.value = a.value and b.contact_id = c.id
           where a.contact_id = o.id and a.kind < n.kind and a.kind in ('email', 'loyaltyNumber'))
      order by n.kind, n.value, n.older_id limit ${PAGE + 1}`,
    from,
  );
  const pairs = rows.slice(0, PAGE).map(
    (row): DuplicatePair => ({
      older: row.older,
      newer: row.newer,
      shared: { kind: row.kind, value: row.value },
      sameName: row.same_name,
    }),
  );
  const last = pairs.at(-1);
  const next = rows.length > PAGE && last ? JSON.stringify([last.shared.kind, last.shared.value, last.older.id]) : null;
  return { pairs, next };
}

function parseCursor(text: string): [string, string, number] {
  const broken = new UserError('invalid_input', 'This page cannot be asked for.', 'after');
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) throw broken;
    const [kind, value, id] = parsed;
    if (typeof kind !== 'string' || typeof value !== 'string' || typeof id !== 'number') throw broken;
    return [kind, value, id];
  } catch (error) {
    throw error instanceof UserError ? error : broken;
  }
}
