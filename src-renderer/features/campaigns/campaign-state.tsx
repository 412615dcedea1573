import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import type { Campaign, CampaignRun, RunState } from '#shared/campaign/campaign.schema.ts';
import { runStateWords } from '#shared/campaign/campaign-words.ts';

const tones: Record<RunState, Tone> = {
  scheduled: 'accent',
  cancellable: 'accent',
  sending: 'accent',
  paused: 'warn',
  done: 'ok',
  stopped: 'bad',
  cancelled: 'neutral',
};

/** Where a campaign stands, in words. */
export function CampaignState({ campaign, run }: { campaign: Campaign; run: CampaignRun | null }) {
  if (run) return <StatusDot tone={tones[run.state]}>{runStateWords[run.state]}</StatusDot>;
  return <StatusDot tone="neutral">{campaign.scheduledAt === null ? 'Draft' : 'Draft with a time'}</StatusDot>;
}
