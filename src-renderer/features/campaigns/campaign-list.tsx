import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconSearch, IconSend } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { TagChips } from '#renderer/parts/tag-chips.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { leftCount } from '#shared/campaign/campaign-words.ts';
import { fold } from '#shared/kernel/fold.ts';
import { createCampaign } from './campaign-commands.ts';
import { CampaignState } from './campaign-state.tsx';
import classes from './campaigns.module.css';
import { StopAllButton, StoppedBanner, useSending } from './sending-switch.tsx';
import { type CampaignEntry, useCampaigns, useFigures, whenOf } from './use-campaigns.ts';

/** Every campaign, newest first: where it stands and what came of it. */
export function CampaignList() {
  const [, go] = useLocation();
  const online = useOnline();
  const sending = useSending(online);
  const { entries, error } = useCampaigns();
  const [search, setSearch] = useState('');
  const format = useFormat();
  const wanted = fold(search.trim());
  const byTag = useTagFilter(useMemo(() => (entries ?? []).map(({ doc }) => doc.body), [entries]));
  const shown = (entries ?? []).filter(({ doc }) => byTag.passes(doc.body) && fold(doc.body.name).includes(wanted));

  const create = (
    <Allowed right="edit">
      <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => void createCampaign(go)}>
        New campaign
      </Button>
    </Allowed>
  );
  const some = entries !== undefined && entries.length > 0;
  return (
    <Page
      width="fill"
      header={
        <PageHeader
          title="Campaigns"
          count={some ? format.count(entries.length) : undefined}
          actions={
            <>
              {some ? <StopAllButton sending={sending} online={online} /> : null}
              {create}
            </>
          }
        >
          {some ? (
            <>
              <TextInput
                aria-label="Search campaigns"
                placeholder="Search by name"
                leftSection={<IconSearch size={16} stroke={1.5} />}
                w={280}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
              {byTag.control}
            </>
          ) : null}
        </PageHeader>
      }
    >
      {sending.status?.stopped ? (
        <div className={classes.banner}>
          <StoppedBanner sending={sending} online={online} />
        </div>
      ) : null}
      {error && !entries ? (
        <ErrorState title="The campaigns could not be read" error={error} />
      ) : entries === undefined ? (
        <SkeletonRows label="Loading campaigns" />
      ) : entries.length === 0 ? (
        <EmptyState icon={<IconSend size={24} stroke={1.5} />} title="Send the first campaign" actions={create}>
          A campaign is one message to one segment. You see who gets it and who is skipped before anything leaves, and
          have 10 seconds to cancel after.
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState
          title={wanted === '' ? 'No campaign has this tag' : `No campaign matches “${search.trim()}”`}
          actions={
            <Button
              variant="default"
              onClick={() => {
                setSearch('');
                byTag.clear();
              }}
            >
              Show all campaigns
            </Button>
          }
        />
      ) : (
        <CampaignTable entries={shown} />
      )}
    </Page>
  );
}

function CampaignTable({ entries }: { entries: readonly CampaignEntry[] }) {
  const figures = useFigures(entries);
  const format = useFormat();
  return (
    <div className={list.wrap}>
      <table className={list.table}>
        <colgroup>
          <col />
          <col style={{ width: 150 }} />
          <col style={{ width: 100 }} />
          <col style={{ width: 100 }} />
          <col style={{ width: 130 }} />
          <col style={{ width: 130 }} />
          <col style={{ width: 150 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col" className={list.number}>
              Recipients
            </th>
            <th scope="col" className={list.number}>
              Sent
            </th>
            <th scope="col" className={list.number}>
              Opened
            </th>
            <th scope="col" className={list.number}>
              Clicked
            </th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => {
            const { doc, run } = entry;
            const figure = figures.get(doc.id);
            const sent = run ? leftCount(run.counts) : 0;
            const share = (part: number | undefined) =>
              part === undefined || sent === 0 ? null : (
                <>
                  {format.count(part)} <span className={list.dim}>· {format.share(part, sent)}</span>
                </>
              );
            return (
              <tr key={doc.id}>
                <td title={doc.body.name}>
                  <Link href={`/campaigns/${doc.id}`} className={list.strong}>
                    {doc.body.name}
                  </Link>{' '}
                  <TagChips tags={doc.body.tags} />
                </td>
                <td>
                  <CampaignState campaign={doc.body} run={run} />
                </td>
                <td className={list.number}>{run ? format.count(run.recipients) : null}</td>
                <td className={list.number}>{run?.startedAt ? format.count(sent) : null}</td>
                <td className={list.number}>{share(figure?.opened)}</td>
                <td className={list.number}>{share(figure?.clicked)}</td>
                <td className={list.dim}>
                  <Time at={whenOf(entry)} withTime />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
