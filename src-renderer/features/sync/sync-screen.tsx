import { IconHistory } from '@tabler/icons-react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { LocalData, SyncStatus } from '#renderer/data/data-api.ts';
import { type Live, useLive, useStatus } from '#renderer/data/hooks.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Notice } from '#renderer/ui/notice.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { roleWords } from '#shared/account/roles.ts';
import { KeepForm } from './keep-form.tsx';
import { LocalDataTable } from './local-data-table.tsx';
import { RecentChanges } from './recent-changes.tsx';
import classes from './sync.module.css';
import { SyncHeader } from './sync-header.tsx';
import { SyncNotices } from './sync-notices.tsx';
import { WaitingChanges } from './waiting-changes.tsx';

/** What is on this device, what waits, what others changed, and what is wrong. */
export function SyncScreen() {
  const status = useStatus();
  const local = useLive(() => data.localData(), [], ['columns', 'status']);
  return (
    <Page width="wide" header={<SyncHeader status={status} />}>
      {status === undefined ? (
        <SkeletonRows label="Loading the state of sync" />
      ) : (
        <div className={classes.screen}>
          <SyncNotices status={status} />
          <Restored />
          <Figures status={status} local={local.value} />
          <div className={classes.columns}>
            <div className={classes.column}>
              <WaitingChanges status={status} />
              <RecentChanges />
            </div>
            <div className={classes.column}>
              <OnThisDevice local={local} />
            </div>
          </div>
        </div>
      )}
    </Page>
  );
}

function Figures({ status, local }: { status: SyncStatus; local: LocalData | undefined }) {
  const format = useFormat();
  const now = useNow(10_000);
  const size = local?.parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <StatRow label="State of sync">
      <Stat
        label="In step with the server"
        value={
          <span className={classes.figure}>
            {status.syncedAt === null ? 'Not yet' : <Ago at={status.syncedAt} now={now} />}
          </span>
        }
      />
      <Stat label="Waiting to be sent" value={format.count(status.waiting)} />
      {status.refused > 0 ? <Stat label="Refused" value={format.count(status.refused)} tone="bad" /> : null}
      <Stat label="To review" value={format.count(status.reviews)} {...(status.reviews > 0 ? { tone: 'warn' } : {})} />
      <Stat label="On this device" value={size === undefined ? '' : format.bytes(size)} />
      <Stat
        label="Your role"
        value={
          <span className={classes.figure}>{status.role === null ? 'Not known yet' : roleWords[status.role].name}</span>
        }
      />
    </StatRow>
  );
}

/** Where a restore of the server left something to decide. */
function Restored() {
  const format = useFormat();
  const reviews = useLive(() => data.reviews(), [], ['documents', 'status']);
  const restored = (reviews.value ?? []).filter(({ reason }) => reason === 'restored').length;
  if (restored === 0) return null;
  return (
    <Notice
      tone="warn"
      icon={<IconHistory size={18} stroke={1.5} />}
      title="The server was put back to an older state of its data"
    >
      {format.counted(restored, 'version')} that this device had before {restored === 1 ? 'is' : 'are'} kept here: see{' '}
      <Link href="/sync/review">Review</Link>.
    </Notice>
  );
}

function OnThisDevice({ local }: { local: Live<LocalData> }) {
  if (local.value === undefined) {
    return local.error === null ? null : (
      <ErrorState inline title="What is on this device could not be read" error={local.error} retry={local.reload} />
    );
  }
  return (
    <>
      <LocalDataTable local={local.value} />
      <KeepForm keep={local.value.keep} />
    </>
  );
}
