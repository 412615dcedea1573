import type { CampaignRun, RunState } from '#shared/campaign/campaign.schema.ts';

export type RunNews = { title: string; body: string; path: string };

const mails = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'email' : 'emails'}`;

/** What became of campaigns since somebody last looked; nothing of those not seen before. Pure. */
export function runNews(before: ReadonlyMap<string, RunState>, runs: readonly CampaignRun[]): RunNews[] {
  return runs.flatMap(({ campaignId, state, counts, messageName, problem }) => {
    const was = before.get(campaignId);
    if (was === undefined || was === state) return [];
    const path = `/campaigns/${campaignId}`;
    if (state === 'done')
      return [{ title: 'Campaign sent', body: `${messageName}: ${mails(counts.sent ?? 0)} sent.`, path }];
    if (state === 'paused' && problem !== null)
      return [{ title: 'Campaign paused', body: `${messageName}: ${problem}`, path }];
    return [];
  });
}
