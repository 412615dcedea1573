import { Anchor } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { CampaignFunnel } from '#renderer/parts/campaign-funnel.tsx';
import { Funnel } from '#renderer/ui/chart-funnel.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { CampaignRun } from '#shared/campaign/campaign.schema.ts';
import { leftCount, runStateWords } from '#shared/campaign/campaign-words.ts';
import classes from './reports.module.css';

const SHOWN = 5;

/** The latest campaigns that started, and the funnel of the chosen one. */
export function LatestCampaigns() {
  const runs = useLive(() => data.campaignRuns(), [], ['documents:campaign-run']);
  const names = useLive(() => data.documents('campaign'), [], ['documents:campaign']);
  const [chosen, setChosen] = useState<string | null>(null);
  const format = useFormat();
  const latest = useMemo(
    () =>
      (runs.value ?? [])
        .filter(({ startedAt }) => startedAt !== null)
        .sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))
        .slice(0, SHOWN),
    [runs.value],
  );
  const nameOf = (run: CampaignRun) => {
    const name = names.value?.find(({ id }) => id === run.campaignId)?.body.name;
    return typeof name === 'string' && name !== '' ? name : run.messageName;
  };
  const open = latest.find(({ campaignId }) => campaignId === chosen) ?? latest[0];

  return (
    <section className={classes.card} aria-label="Latest campaigns">
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>Latest campaigns, from recipients to orders</h2>
        {open ? (
          <Anchor component={Link} href={`/campaigns/${open.campaignId}`} size="xs">
            Open “{nameOf(open)}”
          </Anchor>
        ) : null}
      </div>
      {runs.error && !runs.value ? (
        <ErrorState inline title="The campaigns could not be read" error={runs.error} retry={runs.reload} />
      ) : !open ? (
        runs.value ? (
          <EmptyState
            compact
            title="No campaign has been sent yet"
            actions={
              <Anchor component={Link} href="/campaigns">
                Go to Campaigns
              </Anchor>
            }
          >
            Here you see how many of a campaign’s recipients opened, clicked and ordered.
          </EmptyState>
        ) : null
      ) : (
        <div className={classes.campaigns}>
          <ul className={classes.campaignList}>
            {latest.map((run) => (
              <li key={run.campaignId}>
                <button
                  type="button"
                  className={classes.campaign}
                  aria-pressed={run === open}
                  onClick={() => setChosen(run.campaignId)}
                >
                  <span className={classes.campaignName}>{nameOf(run)}</span>
                  <span className={classes.campaignHint}>
                    {run.state === 'done' ? '' : `${runStateWords[run.state]} · `}
                    {run.startedAt === null ? '' : format.date(run.startedAt)} · {format.count(leftCount(run.counts))}{' '}
                    sent
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <OpenFunnel key={open.campaignId} run={open} />
        </div>
      )}
    </section>
  );
}

function OpenFunnel({ run }: { run: CampaignRun }) {
  const figures = useLive(() => data.campaignFigures(run.campaignId), [run.campaignId], ['columns']);
  if (figures.error && !figures.value) {
    return <ErrorState inline title="The figures could not be read" error={figures.error} retry={figures.reload} />;
  }
  if (!figures.value) return <Funnel label="Loading the funnel" steps={[]} />;
  return <CampaignFunnel figures={figures.value} onOpen={null} />;
}
