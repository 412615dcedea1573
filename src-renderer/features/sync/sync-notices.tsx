import { Button, Progress } from '@mantine/core';
import {
  IconAlertTriangle,
  IconClock,
  IconCloudOff,
  IconDatabaseX,
  IconLogin2,
  IconRefreshAlert,
} from '@tabler/icons-react';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { Notice } from '#renderer/ui/notice.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { hasArrived } from './status-words.ts';
import classes from './sync.module.css';

const icon = { size: 18, stroke: 1.5 } as const;

/** Everything that keeps this device and the server apart, each with what to do; the most urgent first. */
export function SyncNotices({ status }: { status: SyncStatus }) {
  return (
    <>
      <Mismatch mismatch={status.mismatch} />
      {status.full ? (
        <Notice tone="bad" icon={<IconDatabaseX {...icon} />} title="This device is full">
          What is here still works, and your own changes are still sent. New data does not fit any more: free some space
          on this device, or keep less here under “What this device keeps”.
        </Notice>
      ) : null}
      {status.signInNeeded ? (
        <Notice tone="warn" icon={<IconLogin2 {...icon} />} title="You are signed out on the server">
          Your session ended there, or the server was put back to an older state of its data, which signs everybody out.
          Everything on this device still works. Sign in again, at the top of the window: then your changes are sent,
          those of others arrive, and what an older server does not know any more is kept for you in Review.
        </Notice>
      ) : null}
      {status.leaseUntil === null ? null : <Lease until={status.leaseUntil} />}
      {status.online || status.signInNeeded || status.offlineSince === null ? null : (
        <Offline since={status.offlineSince} lastError={status.lastError} />
      )}
      {status.online && status.lastError !== null ? (
        <Notice tone="bad" icon={<IconAlertTriangle {...icon} />} title="The last sync did not finish">
          {status.lastError} It is tried again by itself.
        </Notice>
      ) : null}
      {status.transfer ? <Transfer {...status.transfer} /> : null}
    </>
  );
}

function Mismatch({ mismatch }: { mismatch: SyncStatus['mismatch'] }) {
  if (mismatch === null) return null;
  if (mismatch === 'serverTooOld') {
    return (
      <Notice tone="bad" icon={<IconRefreshAlert {...icon} />} title="The server is too old for this app">
        Ask whoever runs the server to update it. Your data and your unsent changes stay on this device and are sent
        afterwards.
      </Notice>
    );
  }
  return (
    <Notice tone="bad" icon={<IconRefreshAlert {...icon} />} title="This app is too old for the server">
      Load the newest version: reload the page, or install the update of the desktop app. Your data and your unsent
      changes stay on this device and are sent afterwards.
      <div className={classes.noticeAction}>
        <Button variant="default" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </div>
    </Notice>
  );
}

function Lease({ until }: { until: number }) {
  const format = useFormat();
  return (
    <Notice
      tone="warn"
      icon={<IconClock {...icon} />}
      title={`This device’s data is deleted on ${format.date(until)} unless it reaches the server before`}
    >
      A device that stays away for long may be lost or stolen. Connect once and the time starts anew. Unsent changes
      would go as well: export them under More if you cannot connect.
    </Notice>
  );
}

function Offline({ since, lastError }: { since: number; lastError: string | null }) {
  return (
    <Notice tone="neutral" icon={<IconCloudOff {...icon} />} title="The server cannot be reached">
      Since <Time at={since} withTime />. Everything here works; your changes are kept and sent as soon as the server is
      there.
      {lastError === null ? null : <div className={classes.dim}>{lastError}</div>}
    </Notice>
  );
}

/** Bytes of the download that is under way. */
export function Transfer({ done, total }: { done: number; total: number }) {
  const format = useFormat();
  const progress = hasArrived({ done, total })
    ? 'Downloaded, and being made ready for use.'
    : `Downloading: ${format.bytes(done)} of ${format.bytes(total)} (${format.share(done, total)}).`;
  return (
    <div className={classes.transfer}>
      <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label="Download" />
      <p className={classes.dim}>{progress} What is here can already be used.</p>
    </div>
  );
}
