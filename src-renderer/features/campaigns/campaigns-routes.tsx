import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { Link, Route, Switch } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { typedDoc, typedDocs } from '#renderer/parts/typed-docs.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { messageSchema } from '#shared/message/message.schema.ts';
import { segmentSchema } from '#shared/segment/segment.schema.ts';
import { CampaignDraft } from './campaign-draft.tsx';
import { CampaignList } from './campaign-list.tsx';
import { CampaignReport } from './campaign-report.tsx';

/** Campaigns: the list, and one, which is prepared until it was launched and reported from then on. */
export default function CampaignsRoutes() {
  return (
    <Switch>
      <Route path="/campaigns" component={CampaignList} />
      <Route path="/campaigns/:id">{({ id }) => <OpenCampaign key={id} id={id} />}</Route>
    </Switch>
  );
}

function OpenCampaign({ id }: { id: string }) {
  const online = useOnline();
  const found = useLive(() => data.document(id), [id], ['documents:campaign']);
  const runs = useLive(() => data.campaignRuns(), [], ['documents:campaign-run']);
  const messages = useLive(() => data.documents('message'), [], ['documents:message']);
  const segments = useLive(() => data.documents('segment'), [], ['documents:segment']);
  const doc = useMemo(() => typedDoc(campaignSchema, found.value ?? null), [found.value]);
  const messageList = useMemo(() => typedDocs(messageSchema, messages.value ?? []), [messages.value]);
  const segmentList = useMemo(() => typedDocs(segmentSchema, segments.value ?? []), [segments.value]);
  const header = <PageHeader parent={{ label: 'Campaigns', href: '/campaigns' }} title="Campaign" />;

  const error = found.error ?? runs.error ?? messages.error ?? segments.error;
  if (found.value === undefined || !runs.value || !messages.value || !segments.value) {
    return (
      <Page width="fill" header={header}>
        {error ? (
          <ErrorState title="The campaign could not be read" error={error} />
        ) : (
          <SkeletonRows label="Loading the campaign" />
        )}
      </Page>
    );
  }
  if (!doc) {
    return (
      <Page header={header}>
        <EmptyState
          title="This campaign is not here"
          actions={
            <Button component={Link} href="/campaigns">
              All campaigns
            </Button>
          }
        >
          It was deleted, or it was made with a newer version of Muster.
        </EmptyState>
      </Page>
    );
  }
  const run = runs.value.find(({ campaignId }) => campaignId === id);
  if (run && run.state !== 'cancelled') return <CampaignReport doc={doc} run={run} online={online} />;
  return <CampaignDraft doc={doc} messages={messageList} segments={segmentList} online={online} />;
}
