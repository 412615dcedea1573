import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { type Campaign, type CampaignRun, campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { typedDocs } from './typed-docs.ts';

/** A campaign that uses a message or a segment, and what publishing a new version means for it. */
export type Use = {
  id: string;
  name: string;
  effect: string;
  /** It is still to be sent and would take a new version. */
  open: boolean;
};

const effects: Record<CampaignRun['state'] | 'draft', string> = {
  draft: 'a draft: takes the new version',
  scheduled: 'scheduled: keeps what it was launched with',
  cancellable: 'under way: keeps what it was launched with',
  sending: 'under way: keeps what it was launched with',
  paused: 'paused: keeps what it was launched with',
  done: 'sent: stays as it was sent',
  stopped: 'stopped: stays as it was sent',
  cancelled: 'a draft: takes the new version',
};

const isOpen = (state: CampaignRun['state'] | 'draft'): boolean => state === 'draft' || state === 'cancelled';

/** Campaigns that name the document, drafts first. */
export function useUses(field: 'messageId' | 'segmentId', id: string): Use[] {
  const campaigns = useLive(() => data.documents('campaign'), [], ['documents:campaign']);
  const runs = useLive(() => data.campaignRuns(), [], ['documents:campaign-run']);
  return useMemo(() => {
    const states = new Map((runs.value ?? []).map(({ campaignId, state }) => [campaignId, state]));
    return typedDocs<Campaign>(campaignSchema, campaigns.value ?? [])
      .filter(({ body }) => body[field] === id)
      .map((doc): Use => {
        const state = states.get(doc.id) ?? 'draft';
        return { id: doc.id, name: doc.body.name, effect: effects[state], open: isOpen(state) };
      })
      .toSorted((a, b) => Number(b.open) - Number(a.open));
  }, [campaigns.value, runs.value, field, id]);
}
