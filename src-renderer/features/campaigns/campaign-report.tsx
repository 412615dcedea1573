import { Anchor } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { CampaignFigures, Doc, RecipientFilter } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { CampaignFunnel } from '#renderer/parts/campaign-funnel.tsx';
import { sentCount } from '#renderer/parts/campaign-steps.ts';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { Campaign, CampaignRun } from '#shared/campaign/campaign.schema.ts';
import { countWords, skipList } from '#shared/campaign/campaign-words.ts';
import { ActivityChart } from './activity-chart.tsx';
import { CampaignState } from './campaign-state.tsx';
import classes from './campaigns.module.css';
import { RecipientTable } from './recipient-table.tsx';
import { RunPanel } from './run-panel.tsx';
import { StopAllButton, StoppedBanner, useSending } from './sending-switch.tsx';
import { UncertainNotice } from './uncertain-notice.tsx';

/** A launched campaign: its progress while it runs, and what came of it. */
export function CampaignReport({ doc, run, online }: { doc: Doc<Campaign>; run: CampaignRun; online: boolean }) {
  const sending = useSending(online);
  const figures = useLive(() => data.campaignFigures(doc.id), [doc.id], ['columns']);
  const format = useFormat();
  const started = run.startedAt !== null;
  const uncertain = run.counts.uncertain ?? 0;
  return (
    <Page
      header={
        <PageHeader
          parent={{ label: 'Campaigns', href: '/campaigns' }}
          title={doc.body.name}
          status={<CampaignState campaign={doc.body} run={run} />}
          actions={
            run.state === 'sending' || run.state === 'cancellable' ? (
              <StopAllButton sending={sending} online={online} />
            ) : null
          }
        >
          <DocTags id={doc.id} kind="campaign" />
        </PageHeader>
      }
    >
      <div className={classes.stack}>
        <StoppedBanner sending={sending} online={online} />
        <div>
          <p className={classes.hint}>
            “{run.subject}” · <Message doc={doc} run={run} /> to{' '}
            {doc.body.segmentId === null ? (
              run.segmentName
            ) : (
              <Anchor component={Link} href={`/segments/${doc.body.segmentId}`} size="xs" underline="always">
                {run.segmentName}
              </Anchor>
            )}
            {run.startedAt === null ? '' : ` · started ${format.dateTime(run.startedAt)}`}
          </p>
        </div>
        <RunPanel run={run} online={online} />
        {uncertain > 0 ? <UncertainNotice campaignId={doc.id} count={uncertain} online={online} /> : null}
        {!started ? null : figures.error && !figures.value ? (
          <ErrorState inline title="The figures could not be read" error={figures.error} retry={figures.reload} />
        ) : figures.value ? (
          <Result campaignId={doc.id} figures={inStep(figures.value, run)} name={doc.body.name} />
        ) : (
          <SkeletonRows label="Loading the report" />
        )}
      </div>
    </Page>
  );
}

/** While mails leave, the run is ahead of the columns: one number must not stand on the page in two versions. */
function inStep(figures: CampaignFigures, run: CampaignRun): CampaignFigures {
  if (run.finishedAt !== null) return figures;
  return { ...figures, recipients: run.recipients, states: run.counts, skipped: run.skipped };
}

function Message({ doc, run }: { doc: Doc<Campaign>; run: CampaignRun }) {
  if (doc.body.messageId === null) return run.messageName;
  return (
    <Anchor component={Link} href={`/messages/${doc.body.messageId}`} size="xs" underline="always">
      {run.messageName}
    </Anchor>
  );
}

function Result({ campaignId, figures, name }: { campaignId: string; figures: CampaignFigures; name: string }) {
  const [filter, setFilter] = useState<RecipientFilter>('all');
  const format = useFormat();
  const sent = sentCount(figures);
  const skipped = skipList(figures.skipped);
  const show = (next: RecipientFilter) => {
    setFilter(next);
    document.getElementById('recipients')?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  };
  return (
    <>
      <StatRow label="Results">
        <Stat
          label="Sent"
          value={format.count(sent)}
          hint={`${format.share(sent, figures.recipients)} of recipients`}
        />
        <Stat
          label="Opened"
          value={format.share(figures.opened, sent)}
          hint={format.counted(figures.opened, 'person', 'people')}
        />
        <Stat
          label="Clicked"
          value={format.share(figures.clicked, sent)}
          hint={format.counted(figures.clicked, 'person', 'people')}
        />
        <Stat
          label="Unsubscribed"
          value={format.share(figures.unsubscribed, sent)}
          hint={format.counted(figures.unsubscribed, 'person', 'people')}
        />
        <Stat
          label="Revenue within 7 days"
          value={format.money(figures.revenue)}
          hint={format.counted(figures.orders, 'order')}
        />
      </StatRow>
      <div className={classes.two}>
        <section className={classes.card} aria-label="Funnel">
          <div className={classes.cardHead}>
            <h2 className={classes.cardTitle}>From recipients to orders</h2>
          </div>
          <CampaignFunnel figures={figures} onOpen={show} />
        </section>
        <section className={classes.card} aria-label="Skipped and why">
          <div className={classes.cardHead}>
            <h2 className={classes.cardTitle}>Skipped and why</h2>
            {figures.states.skipped ? (
              <span className={classes.hint}>{format.counted(figures.states.skipped, 'contact')}</span>
            ) : null}
          </div>
          {skipped.length === 0 ? (
            <p className={classes.hint}>Nobody was skipped.</p>
          ) : (
            <ul className={classes.reasons}>
              {skipped.map(({ reason, words, count }) => (
                <li key={reason}>
                  <span>{words.slice(0, 1).toUpperCase() + words.slice(1)}</span>
                  <span>{countWords(count)}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
      <section className={classes.card} aria-label="Opens and clicks">
        <ActivityChart figures={figures} name={name} />
      </section>
      <RecipientTable campaignId={campaignId} figures={figures} filter={filter} onFilter={setFilter} />
      <p className={classes.hint}>
        {figures.asOf.at === null ? 'As of the last sync.' : `As of ${format.dateTime(figures.asOf.at)}.`} Revenue is
        gross less returns of orders placed within 7 days after the mail, by those who got it.
      </p>
    </>
  );
}
