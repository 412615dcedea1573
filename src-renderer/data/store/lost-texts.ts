/** Which texts a restored server has lost, told from what this device had of them (SPEC.md: EPOCH-2). Pure. */
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { type ReviewBody, reviewSchema } from '#shared/sync/review.schema.ts';
import type { LocalDocument } from './schemas.ts';

/** A copy that the server had accepted before it was restored. */
export type HeldCopy = LocalDocument;
export type Held = {
  copy: HeldCopy;
  /** Of the server then; null = not known. */
  epoch: string | null;
  /** What an unsent edit that grew from this copy says otherwise; absent where nothing was unsent. */
  own?: readonly string[] | undefined;
};
export type Restored = {
  /** The server's epoch now. */
  epoch: string;
  /** What was numbered above it before the restore is unknown to the server. */
  epochFrom: number;
  /** The server's copies of documents held here, by id. */
  masters: ReadonlyMap<string, Envelope>;
  /** Who uses this device. */
  userId: string;
};

/** Whether a copy is worth holding: people wrote it, and this build can read it. */
export function isHeld({ id, kind, schemaVersion, rev, edited }: LocalDocument): boolean {
  const spec = kindSpec(kind, id);
  if (!spec || schemaVersion > spec.version) return false;
  return spec.merge !== 'server' && rev > 0 && edited === 0;
}

/** The reviews that keep what was lost. The same device (or another of the same person) makes the same ones again. */
export function lostTexts(held: readonly Held[], restored: Restored): { id: string; body: ReviewBody }[] {
  const unknown = held.filter(({ copy: { kind, rev } }) => kind !== 'review' && rev > restored.epochFrom);
  return newestEdits(unknown).flatMap((one) => {
    const { copy } = one;
    const fields = lostFields(copy, restored.masters.get(copy.id), one.own);
    if (fields.length === 0) return [];
    const { id, kind, body, by, at } = copy;
    const mine = by === restored.userId;
    const review: ReviewBody = {
      about: { kind, id, name: nameOf(body), contactId: contactOf(copy) },
      fields,
      // The server takes a review only from somebody it is about: whoever holds a text of another vouches for the rest.
      keptBy: mine ? null : restored.userId,
      lostBy: mine ? restored.userId : null,
      at: at ?? 0,
      reason: 'restored',
      settledBy: [],
    };
    return [{ id: restoredReviewId(one, restored), body: review }];
  });
}

/** Names both pasts: after another restore the same revision is that of another text. At most 80 characters. */
function restoredReviewId({ copy, epoch }: Held, restored: Restored): string {
  const [now, then] = [restored.epoch, epoch ?? ''].map((one) => one.slice(0, 8));
  return `restored:${now}:${then}:${copy.rev.toString(36)}:${restored.userId}`.slice(0, 80);
}

/**
 * Reviews the server has forgotten, to be written again: the value that gave way is nowhere else. Only somebody a review is
 * about may write it, and only for themselves is it settled, also in the one that the other has written again already.
 */
export function lostReviews(
  held: readonly HeldCopy[],
  { epochFrom, masters, userId }: Restored,
): { id: string; body: ReviewBody }[] {
  return held.flatMap(({ id, kind, rev, body }) => {
    const mine = kind === 'review' && rev > epochFrom ? reviewSchema.safeParse(body).data : undefined;
    if (!mine || (mine.keptBy !== userId && mine.lostBy !== userId)) return [];
    const own = mine.settledBy.filter((one) => one === userId);
    const master = masters.get(id);
    if (!master) return [{ id, body: { ...mine, settledBy: own } }];
    const theirs = master.deleted ? undefined : reviewSchema.safeParse(master.body).data;
    if (!theirs || own.length === 0 || theirs.settledBy.includes(userId)) return [];
    return [{ id, body: { ...theirs, settledBy: [...theirs.settledBy, userId] } }];
  });
}

/** Of several edits of one contact's field in one of the server's pasts only the last is what the contact had. */
function newestEdits(held: readonly Held[]): Held[] {
  const newest = new Map<string, Held>();
  for (const one of held) {
    const edit = editOf(one.copy);
    const key = `${one.epoch} ${edit ? `${edit.contactId} ${edit.field}` : one.copy.id}`;
    const known = newest.get(key);
    if (!known || known.copy.rev < one.copy.rev) newest.set(key, one);
  }
  return [...newest.values()];
}

function lostFields(
  copy: HeldCopy,
  master: Envelope | undefined,
  own: readonly string[] | undefined,
): ReviewBody['fields'] {
  const alive = master && !master.deleted ? master : undefined;
  // An unsent edit of what is gone is sent whole, with all that it grew from.
  if (own && !alive) return [];
  const edit = editOf(copy);
  if (edit) {
    if (alive) return [];
    const { field, from, to } = edit;
    const personal = isFieldId(field) ? edit.personal !== false : contactFields[field].personal;
    return [{ field, kept: from, lost: to, personal }];
  }
  if (copy.kind === 'contact-edit') return [];
  const names = new Set([...Object.keys(copy.body), ...Object.keys(alive?.body ?? {})]);
  return [...names]
    .map((field) => ({ field, kept: alive?.body[field] ?? null, lost: copy.body[field] ?? null, personal: false }))
    .filter(({ field, kept, lost }) => !equalJson(kept, lost) && !own?.includes(field));
}

function editOf({ kind, body }: HeldCopy) {
  const parsed = kind === 'contact-edit' ? contactEditSchema.safeParse(body) : null;
  return parsed?.success ? parsed.data : null;
}

const contactOf = (copy: HeldCopy): number | null => editOf(copy)?.contactId ?? null;

const nameOf = ({ name }: Readonly<Record<string, unknown>>): string =>
  typeof name === 'string' ? name.slice(0, 300) : '';
