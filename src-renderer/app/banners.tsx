import { Button } from '@mantine/core';
import { IconHandStop, IconLogin2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { useSendingStatus } from '#renderer/parts/sending-status.ts';
import { resumeAllSending } from '#renderer/parts/stop-sending.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './banners.module.css';
import { openSignIn } from './shell-state.ts';

function Banner({
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
export function Banners({ status }: { status: SyncStatus | undefined }) {
  const format = useFormat();
  const sending = useSendingStatus((state) => state.status);
  return (
    <>
      {sending?.stopped ? (
        <Banner
          tone="bad"
          icon={<IconHandStop size={16} stroke={1.5} aria-hidden />}
          action={
            <Button size="compact-xs" variant="default" onClick={() => void resumeAllSending(format)}>
              Resume sending
            </Button>
          }
        >
          Sending stopped{sending.stoppedBy ? ` by ${sending.stoppedBy}` : ''}. No email leaves until it is resumed.
        </Banner>
      ) : null}
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
          You are signed out on the server. Everything here still works; changes wait until you sign in again.
        </Banner>
      ) : null}
    </>
  );
}
