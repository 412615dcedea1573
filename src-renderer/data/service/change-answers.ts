/** What waits, what was refused and what others changed. */
import type { DataApi } from '#renderer/data/data-api.ts';
import type { RemoteChange, WaitingChange } from '#renderer/data/data-changes.ts';
import type { Platform } from '#renderer/data/platform.ts';
import {
  ChangeJournal,
  type ChangeNote,
  changedFields,
  nameOf,
  revOfNote,
  valuesOf,
} from '#renderer/data/store/change-journal.ts';
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { documentKinds, type Envelope } from '#shared/sync/envelope.schema.ts';
import { type ReviewBody, replacedReviewId, reviewSchema, revOfMerge } from '#shared/sync/review.schema.ts';
import type { OpenAccount } from './open-account.ts';
import { contactNameOf, personOf } from './people.ts';
import type { Session } from './session.ts';

type Answers = Pick<DataApi, 'waitingChanges' | 'exportWaiting' | 'recentChanges'>;

/** A text on its way, or refused, with all that it says. */
type Unsent = WaitingChange & { text: Readonly<Record<string, unknown>> };

/** Of the exported file; raised when its form changes. */
const EXPORT_VERSION = 1;

export function changeAnswers(session: Session, { now }: Pick<Platform, 'now'>): Answers {
  return {
    async waitingChanges() {
      return (await session.ask(unsent)).map(({ text: _, ...change }) => change);
    },
    async exportWaiting() {
      const { changes, user, workspace } = await session.ask(async (open) => ({
        ...open.account,
        changes: await unsent(open),
      }));
      const exportedAt = instant(now());
      const file = {
        format: 'muster-unsent-changes',
        version: EXPORT_VERSION,
        exportedAt,
        workspace: workspace.name,
        by: { id: user.id, name: user.name, email: user.email },
        // The text itself holds the values.
        changes: changes.map(({ at, refusal, values: _, ...change }) => ({
          ...change,
          changedAt: instant(at),
          refused: refusal,
        })),
      };
      return {
        name: `muster-unsent-${exportedAt.slice(0, 16).replaceAll(':', '-')}.json`,
        text: `${JSON.stringify(file, null, 2)}\n`,
      };
    },
    recentChanges: (limit) => session.ask((account) => recentChanges(account, limit)),
  };
}

async function recentChanges(account: OpenAccount, limit: number): Promise<RemoteChange[]> {
  const changes: RemoteChange[] = [];
  const reviews = await mergeReviews(account);
  for (const { by, ...note } of await new ChangeJournal(account.meta).newest(limit)) {
    const name = note.contactId === null ? note.name : contactNameOf(account.engine, note.contactId);
    const outcome = outcomeOf({ ...note, by }, reviews, account.account.user.id);
    changes.push({ ...note, name, by: await personOf(account.documents, by), ...outcome });
  }
  return changes;
}

type Review = { id: string; body: ReviewBody };

async function mergeReviews({ documents }: OpenAccount): Promise<Review[]> {
  return (await documents.list('review')).flatMap(({ id, body }) => {
    const parsed = reviewSchema.safeParse(body);
    return parsed.success && parsed.data.reason === 'merge' ? [{ id, body: parsed.data }] : [];
  });
}

type Outcome = Pick<RemoteChange, 'stands' | 'contested' | 'decided'>;

/** Whose version stands where a change met one's own, as the reviews tell that are still there. */
function outcomeOf(note: ChangeNote, reviews: readonly Review[], me: string): Outcome {
  for (const review of reviews) {
    const stands = standsOf(note, review, me);
    const { fields, settledBy } = review.body;
    if (stands) return { stands, contested: fields.map(({ field }) => field), decided: settledBy.includes(me) };
  }
  return {};
}

function standsOf(note: ChangeNote, { id, body }: Review, me: string): RemoteChange['stands'] {
  const { about, keptBy, lostBy } = body;
  // A contact's edit took the place of one's own.
  if (id === replacedReviewId(note.documentId)) return lostBy === me && keptBy !== me ? 'theirs' : undefined;
  if (about.contactId !== null) {
    // One's own edit took the place of what arrived. What its author took back since has met nothing.
    const met = about.contactId === note.contactId && keptBy === me && lostBy === note.by && !note.tookBack;
    return met && brings(note, body, 'lost') ? 'mine' : undefined;
  }
  if (about.id !== note.documentId) return undefined;
  // One's own text was written over what arrived, or the other way round where they merged.
  if (keptBy === me && note.merged && revOfMerge(id) === revOfNote(note)) return 'mine';
  return lostBy === me && keptBy === note.by && brings(note, body, 'kept') ? 'theirs' : undefined;
}

/** Whether a change brought the version of a review that was kept, or the one that gave way. */
const brings = ({ values }: ChangeNote, { fields }: ReviewBody, side: 'kept' | 'lost'): boolean =>
  fields.some((one) => values?.some(({ field, to }) => field === one.field && equalJson(to, one[side] ?? null)));

const instant = (at: number): string => new Date(at).toISOString();

async function unsent(account: OpenAccount): Promise<Unsent[]> {
  const { documents, engine } = account;
  const describe = (
    { id, kind, body }: { id: string; kind: string; body: Readonly<Record<string, unknown>> },
    more: Pick<Unsent, 'fields' | 'values' | 'removed' | 'made' | 'at' | 'refusal'>,
  ): Unsent[] => {
    const known = documentKinds.find((one) => one === kind);
    if (!known) return [];
    const edit = known === 'contact-edit' ? contactEditSchema.safeParse(body).data : undefined;
    const about = edit
      ? {
          name: contactNameOf(engine, edit.contactId),
          contactId: edit.contactId,
          field: edit.field,
          values: [{ field: edit.field, from: edit.from, to: edit.to }],
        }
      : { name: nameOf(body), contactId: null, field: null };
    return [{ id, kind: known, ...about, ...more, text: body }];
  };
  // A review is written by the app, not by the person.
  const rows = (await documents.waiting()).filter(({ kind }) => kind !== 'review');
  const bases = await account.bases();
  const waiting = rows.flatMap((row) => {
    const fields = changedIn({ ...row, deleted: row.removed }, bases.get(row.id)?.body);
    return describe(row, { ...fields, removed: row.removed, made: row.rev === 0, at: row.edited, refusal: null });
  });
  const refused = [...(await documents.refusals.all()).values()].flatMap(({ text, base, message, at }) =>
    describe(text, { ...changedIn(text, base), removed: text.deleted, at, refusal: message }),
  );
  return [...refused, ...waiting];
}

/** The fields in which a text differs from what it grew from, with both values. */
function changedIn(
  { kind, deleted, body }: Pick<Envelope, 'kind' | 'deleted' | 'body'>,
  base: Envelope['body'] | null | undefined,
): Pick<Unsent, 'fields' | 'values'> {
  if (!base || deleted || kind === 'contact-edit') return {};
  const fields = changedFields(base, body);
  return fields.length > 0 ? { fields, values: valuesOf(fields, base, body) } : {};
}
