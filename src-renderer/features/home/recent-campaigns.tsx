import { Link } from 'wouter';
import { useLive } from '#renderer/data/hooks.ts';
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { CampaignRun, RunState } from '#shared/campaign/campaign.schema.ts';
import { runStateWords } from '#shared/campaign/campaign-words.ts';
import classes from './home.module.css';

const LIMIT = 6;
const tones: Record<RunState, Tone> = {
  scheduled: 'neutral',
  cancellable: 'accent',
  sending: 'accent',
  paused: 'warn',
  done: 'ok',
  stopped: 'warn',
  cancelled: 'neutral',
};

/** The newest campaigns and how they stand. */
export function RecentCampaigns() {
  const format = useFormat();
  const runs = useLive((from) => from.campaignRuns(), [], ['documents']);
  const campaigns = useLive((from) => from.documents('campaign'), [], ['documents:campaign']);
  const nameOf = ({ campaignId, messageName }: CampaignRun) => {
    const name = campaigns.value?.find(({ id }) => id === campaignId)?.body.name;
    return typeof name === 'string' && name !== '' ? name : messageName;
  };
  const newest = (runs.value ?? [])
    .toSorted((a, b) => (b.startedAt ?? b.scheduledAt ?? 0) - (a.startedAt ?? a.scheduledAt ?? 0))
    .slice(0, LIMIT);
  return (
    <section className={classes.card} aria-label="Recent campaigns">
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>Recent campaigns</h2>
        <Link href="/campaigns">All campaigns</Link>
      </div>
      {newest.length === 0 ? (
        <p className={classes.none}>{runs.value === undefined ? '' : 'Nothing was sent yet.'}</p>
      ) : (
        <ul className={classes.list}>
          {newest.map((run) => {
            const at = run.startedAt ?? run.scheduledAt;
            return (
              <li key={run.campaignId} className={classes.item}>
                <Link href={`/campaigns/${run.campaignId}`} className={classes.itemName} title={run.subject}>
                  {nameOf(run)}
                </Link>
                <span className={classes.itemCount}>{format.counted(run.recipients, 'recipient')}</span>
                <span className={classes.itemDate}>{at === null ? '' : <Time at={at} />}</span>
                <span className={classes.itemState}>
                  <StatusDot tone={tones[run.state]}>{runStateWords[run.state]}</StatusDot>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
