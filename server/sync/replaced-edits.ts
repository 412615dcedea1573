import type { Database } from '#server/storage/database.ts';
import type { ContactEdit } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { REVIEW_VERSION, type ReviewBody, replacedReviewId } from '#shared/sync/review.schema.ts';
import type { Unsigned } from './document-store.ts';

export type TakenEdit = { id: string; edit: ContactEdit };
type Last = { id: string; by: string | null; to: string | null };

/** [EDIT-5] The reviews that edits just taken call for: each replaced, unseen, the value another person had given. */
export async function reviewsOfReplaced(
  db: Pick<Database, 'query'>,
  taken: readonly TakenEdit[],
  author: { userId: string; now: number },
): Promise<Omit<Unsigned, 'rev'>[]> {
  const replacing = firstOfEachField(taken).filter(({ edit }) => edit.replaced !== undefined);
  if (replacing.length === 0) return [];
  const last = await lastEdits(db, replacing);
  return replacing.flatMap(({ id, edit }) => {
    const before = last.get(id);
    // Whatever else wrote the value in between (an import, the shop) has no author to ask.
    if (!before?.by || before.by === author.userId || before.to !== edit.replaced) return [];
    return [reviewOf(id, edit, { keptBy: author.userId, lostBy: before.by, at: author.now })];
  });
}

/** What later edits of the same push replace is one's own. */
function firstOfEachField(taken: readonly TakenEdit[]): TakenEdit[] {
  const first = new Map<string, TakenEdit>();
  for (const one of taken) {
    const key = `${one.edit.contactId} ${one.edit.field}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

/** The newest stored edit of the contact and field of each, with its author. */
async function lastEdits(db: Pick<Database, 'query'>, edits: readonly TakenEdit[]): Promise<Map<string, Last>> {
  const rows = await db.query<Last>(
    `select e.id, d.by, d.to
       from unnest($1::text[], $2::text[], $3::text[]) as e (id, contact, field)
       cross join lateral (
         select updated_by as by, body ->> 'to' as to from document
          where kind = 'contact-edit' and body ->> 'contactId' = e.contact and body ->> 'field' = e.field
          order by rev desc limit 1) as d`,
    [edits.map(({ id }) => id), edits.map(({ edit }) => String(edit.contactId)), edits.map(({ edit }) => edit.field)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function reviewOf(
  id: string,
  { contactId, field, to, replaced, personal }: ContactEdit,
  { keptBy, lostBy, at }: { keptBy: string; lostBy: string; at: number },
): Omit<Unsigned, 'rev'> {
  const body: ReviewBody = {
    about: { kind: 'contact-edit', id, name: '', contactId },
    fields: [
      {
        field,
        kept: to,
        lost: replaced,
        personal: isFieldId(field) ? personal !== false : contactFields[field].personal,
      },
    ],
    keptBy,
    lostBy,
    at,
    reason: 'merge',
    settledBy: [],
  };
  return { id: replacedReviewId(id), kind: 'review', schemaVersion: REVIEW_VERSION, body, deleted: false };
}
