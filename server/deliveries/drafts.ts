/** What people prepared, read from their documents: a campaign with its message and segment, and the sender. */
import type { z } from 'zod';
import type { Database } from '#server/storage/database.ts';
import { SENDER_ID, type Sender, senderSchema } from '#shared/api/settings.schema.ts';
import { type Campaign, campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { liveMessage, type Message, messageSchema } from '#shared/message/message.schema.ts';
import { liveRule, type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';

export type Draft = {
  campaignId: string;
  campaign: Campaign;
  message: Message | null;
  segment: Segment | null;
  sender: Sender | null;
};

export type Workspace = {
  name: string;
  timeZone: string;
  currency: string;
  stopped: boolean;
  stoppedBy: string | null;
};

/** What is live: a draft in the making is not sent. Throws not_found for a campaign the server does not have (yet): it must have been synced. */
export async function loadDraft(db: Pick<Database, 'query'>, campaignId: string): Promise<Draft> {
  const campaign = await readBody(db, 'campaign', campaignId, campaignSchema);
  if (!campaign)
    throw new UserError('not_found', 'The server does not have this campaign yet: wait until it is synced.');
  const { messageId, segmentId } = campaign;
  const message = messageId ? await readBody(db, 'message', messageId, messageSchema) : null;
  const segment = segmentId ? await readBody(db, 'segment', segmentId, segmentSchema) : null;
  return {
    campaignId,
    campaign,
    message: message && liveMessage(message),
    segment: segment && { ...segment, rule: liveRule(segment) },
    sender: await readBody(db, 'setting', SENDER_ID, senderSchema),
  };
}

export function loadSender(db: Pick<Database, 'query'>): Promise<Sender | null> {
  return readBody(db, 'setting', SENDER_ID, senderSchema);
}

export async function loadWorkspace(db: Pick<Database, 'query'>): Promise<Workspace> {
  const [row] = await db.query<Workspace>(
    `select name, time_zone as "timeZone", currency, sending_stopped as stopped, sending_stopped_by as "stoppedBy"
     from workspace where id = 1`,
  );
  if (!row) throw new Error('the workspace has no row');
  return row;
}

/** Null for a document that is not there, is deleted, or is of a form this server does not know. */
export async function readBody<T>(
  db: Pick<Database, 'query'>,
  kind: DocumentKind,
  id: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const [row] = await db.query<{ body: unknown }>(
    'select body from document where id = $1 and kind = $2 and not deleted',
    [id, kind],
  );
  const parsed = schema.safeParse(row?.body);
  return parsed.success ? parsed.data : null;
}
