import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import type { CampaignFigures, Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { type Campaign, type CampaignRun, campaignSchema } from '#shared/campaign/campaign.schema.ts';

export type CampaignEntry = {
  doc: Doc<Campaign>;
  /** What the server says of it; null = never launched, or cancelled before anything left. */
  run: CampaignRun | null;
};

/** Every campaign with its run, newest first; undefined until the worker answered. */
export function useCampaigns() {
  const docs = useLive(() => data.documents('campaign'), [], ['documents:campaign']);
  const runs = useLive(() => data.campaignRuns(), [], ['documents:campaign-run']);
  const entries = useMemo(() => {
    if (!docs.value || !runs.value) return undefined;
    const byCampaign = new Map(runs.value.map((run) => [run.campaignId, run]));
    return typedDocs(campaignSchema, docs.value)
      .map((doc): CampaignEntry => {
        const run = byCampaign.get(doc.id);
        return { doc, run: run && run.state !== 'cancelled' ? run : null };
      })
      .sort((a, b) => whenOf(b) - whenOf(a));
  }, [docs.value, runs.value]);
  const reload = () => {
    docs.reload();
    runs.reload();
  };
  return { entries, error: docs.error ?? runs.error, reload };
}

/** The time a campaign is sorted and shown by. */
export function whenOf({ doc, run }: CampaignEntry): number {
  return run?.startedAt ?? run?.scheduledAt ?? doc.body.scheduledAt ?? doc.body.createdAt;
}

/** Figures of the launched ones among the first of the list; more are not asked at once. */
const FIGURES_SHOWN = 60;

export function useFigures(entries: readonly CampaignEntry[]): ReadonlyMap<string, CampaignFigures> {
  const ids = entries
    .filter(({ run }) => run !== null && run.startedAt !== null)
    .slice(0, FIGURES_SHOWN)
    .map(({ doc }) => doc.id);
  const found = useLive(
    () => Promise.all(ids.map(async (id): Promise<[string, CampaignFigures]> => [id, await data.campaignFigures(id)])),
    [ids.join(' ')],
    ['columns'],
  );
  return useMemo(() => new Map(found.value ?? []), [found.value]);
}
