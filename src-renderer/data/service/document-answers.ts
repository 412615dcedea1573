import { z } from 'zod';
import type { Checklist, DataApi, Doc } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { StoredDoc } from '#renderer/data/store/documents.ts';
import type { Refusal } from '#renderer/data/store/refusals.ts';
import { SENDER_ID, senderSchema } from '#shared/api/settings.schema.ts';
import { type CampaignRun, campaignRunSchema } from '#shared/campaign/campaign.schema.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import { type DocumentKind, documentKinds } from '#shared/sync/envelope.schema.ts';
import type { ChangeHub } from './change-hub.ts';
import type { OpenAccount } from './open-account.ts';
import type { Session } from './session.ts';

type Answers = Pick<
  DataApi,
  'documents' | 'document' | 'saveDocument' | 'removeDocument' | 'campaignRuns' | 'checklist'
>;

export const MAIL_TO_MYSELF = 'mailToMyself';
export const doneSchema = z.object({ at: z.number() });

export function documentAnswers(session: Session, hub: ChangeHub, { now, newId }: Platform): Answers {
  return {
    documents: (kind) => session.ask((account) => documentsOf(account, kind)),
    document: (id) =>
      session.ask(async ({ documents }) => {
        const refusal = await documents.refusals.get(id);
        const doc = await documents.get(id);
        if (doc) return withRefusal(doc, refusal);
        return refusal && refusedDoc(refusal);
      }),
    async saveDocument(kind, id, body, base) {
      const known = id ?? newId();
      await session.ask(async (account) => {
        await account.documents.save(kind, known, body, now(), base);
        account.reviewsChanged();
      });
      hub.tell({ topic: 'documents', kind });
      return known;
    },
    async removeDocument(id) {
      const kind = await session.ask(async (account) => {
        const doc = await account.documents.get(id);
        await account.documents.remove(id, now());
        account.reviewsChanged();
        return doc?.kind;
      });
      hub.tell({ topic: 'documents', kind });
    },
    campaignRuns: () => session.ask(readRuns),
    checklist: () => session.ask(checklistOf),
  };
}

async function documentsOf({ documents }: OpenAccount, kind: DocumentKind): Promise<Doc[]> {
  const refusals = await documents.refusals.all();
  const docs = (await documents.list(kind)).map((doc) => withRefusal(doc, refusals.get(doc.id) ?? null));
  const shown = new Set(docs.map(({ id }) => id));
  // A refused creation has no document any more; its text is shown in its place until it is mended or removed.
  for (const refusal of refusals.values()) {
    const doc = refusal.text.kind === kind && !shown.has(refusal.text.id) ? refusedDoc(refusal) : null;
    if (doc) docs.push(doc);
  }
  return docs;
}

async function checklistOf(account: OpenAccount): Promise<Checklist> {
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
}

async function readRuns(account: OpenAccount): Promise<CampaignRun[]> {
  const runs: CampaignRun[] = [];
  for (const { body } of await account.documents.list('campaign-run')) {
    const parsed = campaignRunSchema.safeParse(body);
    if (parsed.success) runs.push(parsed.data);
  }
  return runs;
}

function withRefusal({ id, kind, body, waiting }: StoredDoc, refusal: Refusal | null): Doc {
  const text = refusal && !waiting ? refusedDoc(refusal)?.body : null;
  return { id, kind, body: text ?? body, waiting, refusal: refusal?.message ?? null };
}

/** The kept text, when this build can read it. */
function refusedDoc({ text, message }: Refusal): Doc | null {
  const kind = documentKinds.find((known) => known === text.kind);
  const parsed = kindSpec(text.kind, text.id)?.schema.safeParse(text.body);
  if (!kind || !parsed?.success || text.deleted) return null;
  return { id: text.id, kind, body: parsed.data, waiting: false, refusal: message };
}
