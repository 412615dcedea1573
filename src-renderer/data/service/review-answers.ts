/** Values that gave way and texts that were refused: listed, and settled either way (SPEC.md: REV, REF-4). */
import type { DataApi, ReviewItem } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { nameOf } from '#renderer/data/store/change-journal.ts';
import type { Refusal } from '#renderer/data/store/refusals.ts';
import { openReviews } from '#renderer/data/store/reviews.ts';
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
import type { ChangeHub } from './change-hub.ts';
import { editContact } from './edit-contact.ts';
import type { OpenAccount } from './open-account.ts';
import { contactNameOf, personOf } from './people.ts';
import { judgeReviews, type UndecidedReview } from './review-standing.ts';
import type { Session } from './session.ts';
import { takeBack } from './take-back.ts';

type Answers = Pick<DataApi, 'reviews' | 'settleReview'>;
type Clock = Pick<Platform, 'now' | 'newId'>;

/** Ids of refused texts in the list: this, then the id of their document. */
const REFUSED = 'refused:';

export function reviewAnswers(session: Session, hub: ChangeHub, clock: Clock): Answers {
  return {
    reviews: () => session.ask(itemsOf),
    async settleReview(id, choice) {
      await session.ask(async (account) => {
        if (id.startsWith(REFUSED)) await settleRefusal(account, id.slice(REFUSED.length), choice, clock);
        else await settle(account, id, choice, clock);
        account.reviewsChanged();
      });
      hub.tell({ topic: 'documents' });
    },
  };
}

async function itemsOf(account: OpenAccount): Promise<ReviewItem[]> {
  const items: ReviewItem[] = [];
  const { open, settled } = await judgeReviews(account);
  // They are settled for this person while the count is made.
  if (settled.length > 0) account.reviewsChanged();
  for (const review of open) {
    const item = await itemOfReview(account, review);
    if (item) items.push(item);
  }
  for (const refusal of (await account.documents.refusals.all()).values()) {
    const item = await itemOfRefusal(account, refusal);
    if (item) items.push(item);
  }
  return items.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

async function itemOfReview(
  { documents, engine }: OpenAccount,
  { id, body, standing }: UndecidedReview,
): Promise<ReviewItem | null> {
  const { about, at, reason } = body;
  const { fields, gone: isGone } = standing;
  const kind = documentKinds.find((one) => one === about.kind);
  if (!kind) return null;
  return {
    id,
    reason,
    kind,
    documentId: about.id,
    // As it is called now: who merged may have known it by another name.
    name:
      (about.contactId === null ? await nameNow(documents, about.id) : contactNameOf(engine, about.contactId)) ||
      about.name,
    contactId: about.contactId,
    at,
    keptBy: await personOf(documents, body.keptBy),
    lostBy: await personOf(documents, body.lostBy),
    message: null,
    fields,
    ...(isGone ? { gone: true } : {}),
  };
}

const nameNow = async (documents: OpenAccount['documents'], id: string): Promise<string> =>
  nameOf((await documents.get(id))?.body ?? {});

async function itemOfRefusal(account: OpenAccount, { text, message, at }: Refusal): Promise<ReviewItem | null> {
  const { documents, engine } = account;
  const kind = documentKinds.find((one) => one === text.kind);
  if (!kind) return null;
  const { user } = account.account;
  const edit = kind === 'contact-edit' ? contactEditSchema.safeParse(text.body).data : undefined;
  const master = edit ? null : await documents.get(text.id);
  return {
    id: REFUSED + text.id,
    reason: 'refused',
    kind,
    documentId: text.id,
    name: edit ? contactNameOf(engine, edit.contactId) : nameOf(text.body) || nameOf(master?.body ?? {}),
    contactId: edit?.contactId ?? null,
    at,
    keptBy: null,
    lostBy: { id: user.id, name: user.name },
    message,
    fields: edit
      ? [{ field: edit.field, kept: engine.fieldOf(edit.contactId, edit.field), lost: edit.to }]
      : text.deleted
        ? [{ field: 'deleted', kept: false, lost: true }]
        : differences(master?.body ?? {}, text.body),
  };
}

function differences(kept: ReviewBodyFields, lost: ReviewBodyFields): ReviewItem['fields'] {
  return [...new Set([...Object.keys(kept), ...Object.keys(lost)])]
    .map((field) => ({ field, kept: kept[field] ?? null, lost: lost[field] ?? null }))
    .filter((row) => !equalJson(row.kept, row.lost));
}
type ReviewBodyFields = Readonly<Record<string, unknown>>;

async function settleRefusal(
  account: OpenAccount,
  id: string,
  choice: 'keep' | 'takeBack',
  clock: Clock,
): Promise<void> {
  const { documents } = account;
  const refusal = await documents.refusals.get(id);
  if (!refusal) throw gone();
  const { text } = refusal;
  if (choice === 'takeBack') {
    const edit = text.kind === 'contact-edit' ? contactEditSchema.safeParse(text.body).data : undefined;
    const kind = documentKinds.find((one) => one === text.kind);
    if (edit) await editContact(account, edit, clock);
    else if (text.deleted) await documents.remove(id, clock.now());
    else if (kind) await documents.save(kind, id, text.body, clock.now());
  }
  await documents.refusals.drop(id);
}

async function settle(account: OpenAccount, id: string, choice: 'keep' | 'takeBack', clock: Clock): Promise<void> {
  const { documents } = account;
  const me = account.account.user.id;
  const review = (await openReviews(documents, me)).find((one) => one.id === id);
  if (!review) throw gone();
  const { body } = review;
  if (choice === 'takeBack') await takeBack(account, body, clock);
  await documents.save('review', id, { ...body, settledBy: [...body.settledBy, me] }, clock.now(), body);
}

const gone = () => new UserError('not_found', 'This was settled already.');
