import { ActionIcon, NativeSelect, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { CampaignFigures, RecipientFilter, RecipientRow } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type DeliveryState, deliveryStates } from '#shared/campaign/campaign.schema.ts';
import { deliveryStateWords, skipReasonWords } from '#shared/campaign/campaign-words.ts';
import classes from './campaigns.module.css';

const PAGE = 25;

const tones: Record<DeliveryState, Tone> = {
  queued: 'neutral',
  sending: 'accent',
  sent: 'ok',
  bounced: 'bad',
  failed: 'bad',
  skipped: 'neutral',
  uncertain: 'warn',
  cancelled: 'neutral',
};

type Props = {
  campaignId: string;
  figures: CampaignFigures;
  filter: RecipientFilter;
  onFilter: (filter: RecipientFilter) => void;
};

/** Who is behind the figures; each row opens the contact. */
export function RecipientTable({ campaignId, figures, filter, onFilter }: Props) {
  const [offset, setOffset] = useState(0);
  const format = useFormat();
  const found = useLive(
    () => data.campaignRecipients(campaignId, filter, offset, PAGE),
    [campaignId, filter, offset],
    ['columns'],
  );
  const page = found.value;
  const total = page?.total ?? 0;
  const choices: { value: RecipientFilter; label: string; count: number }[] = [
    { value: 'all', label: 'Everybody', count: figures.recipients },
    { value: 'opened', label: 'Opened', count: figures.opened },
    { value: 'clicked', label: 'Clicked', count: figures.clicked },
    ...deliveryStates.map((state) => ({
      value: state,
      label: deliveryStateWords[state],
      count: figures.states[state] ?? 0,
    })),
  ];
  const offered = choices.filter(({ value, count }) => count > 0 || value === 'all' || value === filter);

  return (
    <section className={classes.recipients} aria-label="Recipients" id="recipients">
      <div className={classes.recipientsHead}>
        <h2 className={classes.cardTitle}>Recipients</h2>
        <NativeSelect
          aria-label="Show recipients"
          w={200}
          value={filter}
          onChange={(event) => {
            const chosen = choices.find(({ value }) => value === event.currentTarget.value);
            setOffset(0);
            if (chosen) onFilter(chosen.value);
          }}
          data={offered.map(({ value, label, count }) => ({ value, label: `${label} (${format.count(count)})` }))}
        />
      </div>
      {found.error && !page ? (
        <ErrorState inline title="The recipients could not be read" error={found.error} retry={found.reload} />
      ) : !page ? (
        <SkeletonRows rows={6} label="Loading recipients" />
      ) : page.rows.length === 0 ? (
        <EmptyState compact title="Nobody here">
          {filter === 'all' ? 'The recipients appear once the campaign has started.' : 'Nobody is in this state now.'}
        </EmptyState>
      ) : (
        <>
          <RecipientRows rows={page.rows} />
          <div className={classes.recipientsFoot}>
            <span>
              {format.count(page.offset + 1)}–{format.count(page.offset + page.rows.length)} of {format.count(total)}
            </span>
            <span>
              <Tooltip label="Previous page">
                <ActionIcon
                  aria-label="Previous page"
                  disabled={offset === 0}
                  onClick={() => setOffset(Math.max(0, offset - PAGE))}
                >
                  <IconChevronLeft size={16} stroke={1.5} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Next page">
                <ActionIcon
                  aria-label="Next page"
                  disabled={offset + PAGE >= total}
                  onClick={() => setOffset(offset + PAGE)}
                >
                  <IconChevronRight size={16} stroke={1.5} />
                </ActionIcon>
              </Tooltip>
            </span>
          </div>
        </>
      )}
    </section>
  );
}

function RecipientRows({ rows }: { rows: readonly RecipientRow[] }) {
  return (
    <table className={list.table}>
      <colgroup>
        <col />
        <col style={{ width: '22%' }} />
        <col style={{ width: '18%' }} />
        <col style={{ width: 148 }} />
        <col style={{ width: 148 }} />
        <col style={{ width: 148 }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Contact</th>
          <th scope="col">Email</th>
          <th scope="col">State</th>
          <th scope="col">Sent</th>
          <th scope="col">Opened</th>
          <th scope="col">Clicked</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.rowId}>
            <td title={row.name}>
              <Link href={`/contacts/${row.contactId}`} className={list.strong}>
                {row.name}
              </Link>
            </td>
            <td className={list.dim} title={row.email ?? undefined}>
              {row.email}
            </td>
            <td>
              <StatusDot tone={tones[row.state]}>
                {deliveryStateWords[row.state]}
                {row.reason ? `: ${skipReasonWords(row.reason)}` : ''}
              </StatusDot>
            </td>
            <td className={list.dim}>{row.sentAt === null ? null : <Time at={row.sentAt} withTime />}</td>
            <td className={list.dim}>{row.openedAt === null ? null : <Time at={row.openedAt} withTime />}</td>
            <td className={list.dim}>{row.clickedAt === null ? null : <Time at={row.clickedAt} withTime />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
