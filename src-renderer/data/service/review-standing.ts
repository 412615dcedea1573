import { contactTables } from '#renderer/data/columns/contact-index.ts';
/** What became of the values of a review since it was written: some decide themselves (SPEC.md: REV-2). */
import type { ReviewItem } from '#renderer/data/data-api.ts';
import { type OpenReview, openReviews } from '#renderer/data/store/reviews.ts';
import { contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { textOfCell } from '#shared/contact/field-value.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import { revOfMerge } from '#shared/sync/review.schema.ts';
import type { OpenAccount } from './open-account.ts';

type Account = Pick<OpenAccount, 'documents' | 'engine' | 'columns' | 'store' | 'account'>;
/** What a review is about, as it is now; `sure`: the server has it so, and nothing of the review is still on its way here. */
type Now = { values: Readonly<Record<string, unknown>>; gone: boolean; sure: boolean };
export type Standing = Pick<ReviewItem, 'fields' | 'gone'> & {
  /** Nothing is left to decide: what gave way is what there is now. */
  settled: boolean;
};

export type UndecidedReview = OpenReview & { standing: Standing };

/** The reviews this person has still to decide on, and those that have decided themselves. */
export async function judgeReviews(account: Account): Promise<{ open: UndecidedReview[]; settled: OpenReview[] }> {
  const reviews = await openReviews(account.documents, account.account.user.id);
  // Without the columns nothing can be said about contacts.
  if (reviews.some(({ body }) => body.about.contactId !== null)) {
    await account.columns.need(contactTables);
  }
  const open: UndecidedReview[] = [];
  const settled: OpenReview[] = [];
  for (const review of reviews) {
    const standing = standingOf(review, await nowOf(account, review));
    if (standing.settled) settled.push(review);
    else open.push({ ...review, standing });
  }
  return { open, settled };
}

/** Settles for this person what has decided itself. */
export async function settleDecided(
  { documents, account: { user } }: Account,
  settled: readonly OpenReview[],
  now: () => number,
): Promise<void> {
  for (const { id, body } of settled) {
    await documents.save('review', id, { ...body, settledBy: [...body.settledBy, user.id] }, now(), body);
  }
}

function standingOf({ body }: OpenReview, now: Now | null): Standing {
  const plain = body.fields.map(({ field, kept, lost }) => ({ field, kept: kept ?? null, lost: lost ?? null }));
  if (!now) return { fields: plain, settled: false };
  const currentOf = (field: string) => (field === 'deleted' ? now.gone : (now.values[field] ?? null));
  if (now.gone) {
    const settled = now.sure && plain.every(({ field, lost }) => field === 'deleted' && lost === true);
    return { fields: plain, gone: true, settled };
  }
  const left = now.sure ? plain.filter(({ field, lost }) => !equalJson(currentOf(field), lost)) : plain;
  const fields = left.map((one) => {
    const current = currentOf(one.field);
    return equalJson(current, one.kept) ? one : { ...one, current };
  });
  return { fields, settled: fields.length === 0 };
}

/** Null while this device cannot tell. */
async function nowOf(account: Account, { id, rev, body: { about } }: OpenReview): Promise<Now | null> {
  const { columns, engine, store } = account;
  if (about.contactId !== null) {
    // The review is numbered above the edit it is about, but not above what a restored server reads from its backup.
    if (!columns.hasGeneration || rev === 0 || columns.version < rev) return null;
    const gone = !engine.hasContact(about.contactId);
    return { values: gone ? {} : contactValues(account, about.contactId), gone, sure: true };
  }
  const [row] = await store.db.documents.storageInstance.findDocumentsById([about.id], true);
  // One's own text on its way is not what there is yet; and a review may be known here before what came of its merge.
  const sure = row !== undefined && row.edited === 0 && row.rev > (revOfMerge(id) ?? 0);
  if (!row || row.removed || row._deleted) return { values: {}, gone: true, sure };
  return { values: kindSpec(row.kind, row.id)?.schema.safeParse(row.body).data ?? row.body, gone: false, sure };
}

function contactValues({ engine }: Account, contactId: number): Record<string, unknown> {
  const cells = engine.fieldsOf(contactId);
  const fixed = contactFieldKeys.map((field) => [field, cells[field] ?? null]);
  const additional = [...engine.fields.values()].map(({ id, type }) => {
    const cell = cells[id] ?? null;
    return [id, cell === null ? null : textOfCell(type, cell)];
  });
  return Object.fromEntries([...fixed, ...additional]);
}
