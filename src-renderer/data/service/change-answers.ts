/** What waits, what was refused and what others changed. */
import type { DataApi, RemoteChange, WaitingChange } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { ChangeJournal, type ChangeNote, nameOf, revOfNote } from '#renderer/data/store/change-journal.ts';
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
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
        changes: changes.map(({ at, refusal, ...change }) => ({
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
    const stands = standsOf({ ...note, by }, reviews, account.account.user.id);
    changes.push({ ...note, name, by: await personOf(account.documents, by), ...(stands ? { stands } : {}) });
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

/** Whose version stands where a change met one's own, as the reviews tell that are still there. */
function standsOf(note: ChangeNote, reviews: readonly Review[], me: string): RemoteChange['stands'] {
  for (const { id, body } of reviews) {
    // A contact's edit took the place of one's own.
    if (id === replacedReviewId(note.documentId)) {
      if (body.lostBy === me && body.keptBy !== me) return 'theirs';
      continue;
    }
    if (body.about.id !== note.documentId) continue;
    // One's own text was written over what arrived, or the other way round where they merged.
    if (body.keptBy === me && note.merged && revOfMerge(id) === revOfNote(note)) return 'mine';
    const brought = body.fields.some(({ field, kept }) =>
      note.values?.some((value) => value.field === field && equalJson(value.to, kept)),
    );
    if (body.lostBy === me && body.keptBy === note.by && brought) return 'theirs';
  }
  return undefined;
}

const instant = (at: number): string => new Date(at).toISOString();

async function unsent({ documents, engine }: OpenAccount): Promise<Unsent[]> {
  const describe = (
    { id, kind, body }: { id: string; kind: string; body: Readonly<Record<string, unknown>> },
    more: Pick<Unsent, 'removed' | 'made' | 'at' | 'refusal'>,
  ): Unsent[] => {
    const known = documentKinds.find((one) => one === kind);
    if (!known) return [];
    const edit = known === 'contact-edit' ? contactEditSchema.safeParse(body).data : undefined;
    const about = edit
      ? { name: contactNameOf(engine, edit.contactId), contactId: edit.contactId, field: edit.field }
      : { name: nameOf(body), contactId: null, field: null };
    return [{ id, kind: known, ...about, ...more, text: body }];
  };
  const waiting = (await documents.waiting())
    // A review is written by the app, not by the person.
    .filter(({ kind }) => kind !== 'review')
    .flatMap((row) => describe(row, { removed: row.removed, made: row.rev === 0, at: row.edited, refusal: null }));
  const refused = [...(await documents.refusals.all()).values()].flatMap(({ text, message, at }) =>
    describe(text, { removed: text.deleted, at, refusal: message }),
  );
  return [...refused, ...waiting];
}
