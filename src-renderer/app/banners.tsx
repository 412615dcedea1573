import { Button } from '@mantine/core';
import { IconClock, IconDatabaseX, IconHandStop, IconLogin2, IconRefreshAlert } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { useSendingStatus } from '#renderer/parts/sending-status.ts';
import { resumeAllSending } from '#renderer/parts/stop-sending.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './banners.module.css';
import { openSignIn } from './shell-state.ts';
import { useCurrentStatus } from './status-context.tsx';

/** One line over the screen: what is the matter, and what can be done. */
export function Banner({
  tone,
  icon,
  action,
  children,
}: {
  tone: 'warn' | 'bad';
  icon: ReactNode;
  action: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.banner} data-tone={tone} role="status">
      {icon}
      <span className={classes.words}>{children}</span>
      {action}
    </div>
  );
}

/** What everybody must know wherever they are. */
export function Banners() {
  const status = useCurrentStatus();
  const format = useFormat();
  const sending = useSendingStatus((state) => state.status);
  const [location] = useLocation();
  const mayResume = useCan('administer');
  return (
    <>
      {sending?.stopped ? (
        <Banner
          tone="bad"
          icon={<IconHandStop size={16} stroke={1.5} aria-hidden />}
          action={
            mayResume ? (
              <Button size="compact-xs" variant="default" onClick={() => void resumeAllSending(format)}>
                Resume sending
              </Button>
            ) : null
          }
        >
          Sending stopped{sending.stoppedBy ? ` by ${sending.stoppedBy}` : ''}. No email leaves until it is resumed.
        </Banner>
      ) : null}
      {status && !location.startsWith('/sync') ? <SyncTrouble status={status} /> : null}
      {status?.signInNeeded ? (
        <Banner
          tone="warn"
          icon={<IconLogin2 size={16} stroke={1.5} aria-hidden />}
          action={
            <Button size="compact-xs" variant="default" onClick={openSignIn}>
              Sign in
            </Button>
          }
        >
          You are signed out on the server: your session ended, or the server was restored from a backup. Everything
          here still works; changes wait until you sign in again.
        </Banner>
      ) : null}
    </>
  );
}

const openSyncScreen = (
  <Button component={Link} href="/sync" size="compact-xs" variant="default">
    What to do
  </Button>
);

/** What keeps data from coming or going until somebody acts; details are on the Sync screen. */
function SyncTrouble({ status }: { status: SyncStatus }) {
  const format = useFormat();
  return (
    <>
      {status.mismatch === null ? null : (
        <Banner tone="bad" icon={<IconRefreshAlert size={16} stroke={1.5} aria-hidden />} action={openSyncScreen}>
          {status.mismatch === 'appTooOld'
            ? 'This app is too old for the server. Nothing is sent or fetched until it is updated.'
            : 'The server is too old for this app. Nothing is sent or fetched until it is updated.'}
        </Banner>
      )}
      {status.full ? (
        <Banner tone="bad" icon={<IconDatabaseX size={16} stroke={1.5} aria-hidden />} action={openSyncScreen}>
          This device is full. New data cannot be stored.
        </Banner>
      ) : null}
      {status.leaseUntil === null ? null : (
        <Banner tone="warn" icon={<IconClock size={16} stroke={1.5} aria-hidden />} action={openSyncScreen}>
          This device’s data is deleted on {format.date(status.leaseUntil)} unless it reaches the server before.
        </Banner>
      )}
    </>
  );
}
