import { Button } from '@mantine/core';
import { IconServerOff } from '@tabler/icons-react';
import { useState } from 'react';
import { startLocalWorkspace, useWorkspace } from '#renderer/platform/workspace.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { Banner } from './banners.tsx';
import { useCurrentStatus } from './status-context.tsx';

/** The server this computer runs for itself has given up: nobody else could tell, or start it again. */
export function LocalServerBanner() {
  const online = useCurrentStatus()?.online ?? true;
  const workspace = useWorkspace(!online);
  const [busy, setBusy] = useState(false);
  if (online || workspace?.mode !== 'local' || workspace.local !== 'failed') return null;
  const start = () => {
    setBusy(true);
    startLocalWorkspace()
      .catch((error: unknown) => notifyError('The server was not started', error))
      .finally(() => setBusy(false));
  };
  return (
    <Banner
      tone="bad"
      icon={<IconServerOff size={16} stroke={1.5} aria-hidden />}
      action={
        <Button size="compact-xs" variant="default" loading={busy} onClick={start}>
          Start it again
        </Button>
      }
    >
      Muster’s server on this computer has stopped. {workspace.problem} What you enter is kept and waits.
    </Banner>
  );
}
