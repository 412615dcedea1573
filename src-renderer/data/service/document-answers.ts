import { z } from 'zod';
import type { DataApi, Doc } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { Review, StoredDoc } from '#renderer/data/store/documents.ts';
import { SENDER_ID, senderSchema } from '#shared/api/settings.schema.ts';
import { type CampaignRun, campaignRunSchema } from '#shared/campaign/campaign.schema.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
import type { ChangeHub } from './change-hub.ts';
import type { OpenAccount } from './open-account.ts';
import type { Session } from './session.ts';

type Answers = Pick<
  DataApi,
  'documents' | 'document' | 'saveDocument' | 'removeDocument' | 'campaignRuns' | 'checklist'
>;

/** Ids of review documents: this, then the id of the document whose text was kept. */
const REVIEW_ID = 'review:';
export const MAIL_TO_MYSELF = 'mailToMyself';
export const doneSchema = z.object({ at: z.number() });

export function documentAnswers(session: Session, hub: ChangeHub, { now, newId }: Platform): Answers {
  return {
    async documents(kind) {
      const { documents } = await session.account();
      const reviews = await documents.reviews();
      if (kind === 'review') return [...reviews.values()].map(reviewDoc);
      const docs = (await documents.list(kind)).map((doc) => withRefusal(doc, reviews.get(doc.id)));
      const shown = new Set(docs.map(({ id }) => id));
      // A refused creation has no document any more; its text is shown in its place until it is mended or removed.
      for (const review of reviews.values()) {
        if (review.reason === 'refused' && review.text.kind === kind && !shown.has(review.text.id)) {
          const doc = refusedDoc(review);
          if (doc) docs.push(doc);
        }
      }
      return docs;
    },
    async document(id) {
      const { documents } = await session.account();
      const review = (await documents.reviews()).get(id);
      const doc = await documents.get(id);
      if (doc) return withRefusal(doc, review);
      return review?.reason === 'refused' ? refusedDoc(review) : null;
    },
    async saveDocument(kind, id, body) {
      const account = await session.account();
      const known = id ?? newId();
      await account.documents.save(kind, known, body, now());
      account.reviewsChanged();
      hub.tell({ topic: 'documents', kind });
      return known;
    },
    async removeDocument(id) {
      const account = await session.account();
      if (id.startsWith(REVIEW_ID)) {
        // The kept text has been seen.
        await account.documents.dropReview(id.slice(REVIEW_ID.length));
        account.reviewsChanged();
        hub.tell({ topic: 'documents' });
        return;
      }
      const kind = (await account.documents.get(id))?.kind;
      await account.documents.remove(id, now());
      account.reviewsChanged();
      hub.tell({ topic: 'documents', kind });
    },
    async campaignRuns() {
      return readRuns(await session.account());
    },
    async checklist() {
      const account = await session.account();
      await account.columns.need(['contact', 'contactPersonal']);
      const runs = await readRuns(account);
      const sender = senderSchema.safeParse((await account.documents.get(SENDER_ID))?.body);
      const launched = runs.some(({ state }) => state !== 'cancelled');
      return {
        contactsIn: account.engine.contactCount > 0,
        senderSet: sender.success && sender.data.fromEmail !== '',
        mailToMyself: launched || (await account.meta.get(MAIL_TO_MYSELF, doneSchema)) !== null,
        firstSegment: (await account.documents.list('segment')).length > 0,
        firstCampaign: launched,
      };
    },
  };
}

async function readRuns(account: OpenAccount): Promise<CampaignRun[]> {
  const runs: CampaignRun[] = [];
  for (const { body } of await account.documents.list('campaign-run')) {
    const parsed = campaignRunSchema.safeParse(body);
    if (parsed.success) runs.push(parsed.data);
  }
  return runs;
}

function withRefusal({ id, kind, body, waiting }: StoredDoc, review: Review | undefined): Doc {
  const refused = review?.reason === 'refused' ? review : null;
  const refusal = refused?.message ?? null;
  const text = refused && !waiting ? refusedDoc(refused)?.body : null;
  return { id, kind, body: text ?? body, waiting, refusal };
}

/** The kept text, when this build can read it. */
function refusedDoc({ text, message }: Review): Doc | null {
  const kind = documentKinds.find((known) => known === text.kind);
  const parsed = kindSpec(text.kind, text.id)?.schema.safeParse(text.body);
  if (!kind || !parsed?.success || text.deleted) return null;
  return { id: text.id, kind, body: parsed.data, waiting: false, refusal: message };
}

function reviewDoc(review: Review): Doc {
  return {
    id: REVIEW_ID + review.text.id,
    kind: 'review',
    body: { ...review },
    waiting: false,
    refusal: review.message,
  };
}
