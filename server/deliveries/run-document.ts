/** A campaign's progress as everybody sees it: the document run:<campaign id>, made from the tables, never counted along. */
import type { Tx } from '#server/storage/database.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import {
  type CampaignRun,
  campaignRunSchema,
  type DeliveryState,
  deliveryStates,
  type SkipReason,
  skipReasons,
} from '#shared/campaign/campaign.schema.ts';

type RunRow = {
  state: CampaignRun['state'];
  subject: string;
  message_name: string;
  segment_name: string;
  recipients: number;
  scheduled_at: Date | null;
  cancel_until: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  problem: string | null;
};

export const runDocumentId = (campaignId: string): string => `run:${campaignId}`;

/**
 * Writes the document anew. Call it last in the transaction (it takes the feed's counter). The run's row is locked first,
 * so that of two writers the later one counts later. Nothing happens when there is no such run.
 */
export async function writeRunDocument(tx: Tx, campaignId: string): Promise<void> {
  const { rows } = await tx.query<RunRow>('select * from campaign_run where campaign_id = $1 for update', [campaignId]);
  const run = rows[0];
  if (!run) return;
  const { counts, skipped } = await countDeliveries(tx, campaignId);
  const body = campaignRunSchema.parse({
    campaignId,
    state: run.state,
    subject: run.subject,
    messageName: run.message_name,
    segmentName: run.segment_name,
    recipients: run.recipients,
    counts,
    skipped,
    scheduledAt: run.scheduled_at?.getTime() ?? null,
    cancelUntil: run.cancel_until?.getTime() ?? null,
    startedAt: run.started_at?.getTime() ?? null,
    finishedAt: run.finished_at?.getTime() ?? null,
    problem: run.problem,
  });
  await writeDocument(tx, 'campaign-run', runDocumentId(campaignId), body);
}

async function countDeliveries(tx: Tx, campaignId: string): Promise<Pick<CampaignRun, 'counts' | 'skipped'>> {
  const { rows } = await tx.query<{ state: string; reason: string | null; n: number }>(
    'select state, reason, count(*)::int as n from delivery where campaign_id = $1 group by state, reason',
    [campaignId],
  );
  const counts: CampaignRun['counts'] = {};
  const skipped: CampaignRun['skipped'] = {};
  for (const { state, reason, n } of rows) {
    if (isDeliveryState(state)) counts[state] = (counts[state] ?? 0) + n;
    const why = asSkipReason(reason);
    if (state === 'skipped' && why) skipped[why] = (skipped[why] ?? 0) + n;
  }
  return { counts, skipped };
}

const isDeliveryState = (state: string): state is DeliveryState => deliveryStates.some((known) => known === state);

export function asSkipReason(reason: string | null): SkipReason | null {
  return skipReasons.find((known) => known === reason) ?? null;
}
