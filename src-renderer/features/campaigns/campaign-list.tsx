import { Button } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { ListPage } from '#renderer/parts/list-page.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { leftCount } from '#shared/campaign/campaign-words.ts';
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
  const { entries, error, reload } = useCampaigns();
  const create = (
    <Allowed right="edit">
      <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => void createCampaign(go)}>
        New campaign
      </Button>
    </Allowed>
  );
  const some = entries !== undefined && entries.length > 0;
  return (
    <ListPage
      title="Campaigns"
      one="campaign"
      items={entries}
      error={error}
      retry={reload}
      bodyOf={({ doc }) => doc.body}
      textOf={({ doc }) => doc.body.name}
      actions={
        <>
          {some ? <StopAllButton sending={sending} online={online} /> : null}
          {create}
        </>
      }
      banner={
        sending.status?.stopped ? (
          <div className={classes.banner}>
            <StoppedBanner sending={sending} online={online} />
          </div>
        ) : null
      }
      empty={
        <EmptyState icon={<IconSend size={24} stroke={1.5} />} title="Send the first campaign" actions={create}>
          A campaign is one message to one segment. You see who gets it and who is skipped before anything leaves, and
          have 10 seconds to cancel after.
        </EmptyState>
      }
    >
      {(shown) => <CampaignTable entries={shown} />}
    </ListPage>
  );
}

const columns: readonly ListColumn[] = [
  { head: 'Name' },
  { head: 'State', width: 150 },
  { head: 'Recipients', width: 100, number: true },
  { head: 'Sent', width: 100, number: true },
  { head: 'Opened', width: 130, number: true },
  { head: 'Clicked', width: 130, number: true },
  { head: 'When', width: 150 },
];

function CampaignTable({ entries }: { entries: readonly CampaignEntry[] }) {
  const figures = useFigures(entries);
  const format = useFormat();
  return (
    <ListTable label="Campaigns" columns={columns}>
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
            <NameCell href={`/campaigns/${doc.id}`} name={doc.body.name} tags={doc.body.tags} />
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
    </ListTable>
  );
}
