import { Alert, Button, Tooltip } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useChange } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useCan } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { upperFirst } from '#renderer/ui/format.ts';
import { notifyDone } from '#renderer/ui/notify.ts';
import type { SendingStatus } from '#shared/api/ports.ts';
import { useCampaignAction } from './use-campaign-action.ts';

export type SendingControl = {
  status: SendingStatus | null;
  busy: boolean;
  stopAll: () => Promise<void>;
  resumeAll: () => Promise<void>;
};

/** Whether anything may leave at all; asked while online, and again whenever a run or the connection changed. */
export function useSending(online: boolean): SendingControl {
  const [status, setStatus] = useState<SendingStatus | null>(null);
  const { busy, run } = useCampaignAction();
  const ask = useCallback(() => {
    if (!online) return;
    data.actions.sendingStatus().then(setStatus, () => {
      // Unknown is shown as nothing: the next change of the connection asks again.
      setStatus(null);
    });
  }, [online]);
  useEffect(ask, [ask]);
  useChange(['status', 'documents:campaign-run'], ask);

  const stopAll = async () => {
    const yes = await confirm({
      title: 'Stop all sending?',
      consequence:
        'No campaign and no test leaves until somebody resumes. Mails being handed over at this moment still go out; the others wait where they are.',
      action: 'Stop all sending',
      danger: true,
    });
    if (!yes) return;
    await run('stopAll', 'Sending was not stopped', () => data.actions.stopAllSending());
    ask();
  };
  const resumeAll = async () => {
    const done = await run('resumeAll', 'Sending was not resumed', () => data.actions.resumeAllSending());
    if (done) notifyDone('Sending goes on.');
    ask();
  };
  return { status, busy: busy !== null, stopAll, resumeAll };
}

export function StopAllButton({ sending, online }: { sending: SendingControl; online: boolean }) {
  const maySend = useCan('send');
  if (sending.status?.stopped || !maySend) return null;
  return (
    <Tooltip
      label={online ? 'Nothing leaves until somebody resumes' : 'This needs the server, which cannot be reached now'}
    >
      <Button
        variant="default"
        leftSection={<IconHandStop size={16} stroke={1.5} />}
        loading={sending.busy}
        data-disabled={!online || undefined}
        aria-disabled={!online}
        onClick={() => {
          if (online) void sending.stopAll();
        }}
      >
        Stop all sending
      </Button>
    </Tooltip>
  );
}

/** Says that everything is stopped, by whom, and how it goes on. */
export function StoppedBanner({ sending, online }: { sending: SendingControl; online: boolean }) {
  if (!sending.status?.stopped) return null;
  const { stoppedBy } = sending.status;
  return (
    <Alert
      color="red"
      icon={<IconHandStop size={18} stroke={1.5} />}
      title={stoppedBy ? `${upperFirst(stoppedBy)} stopped all sending` : 'All sending is stopped'}
    >
      Nothing leaves until somebody resumes; what waits keeps its place.
      <Allowed right="administer">
        <div style={{ marginTop: 8 }}>
          <Button variant="default" disabled={!online} loading={sending.busy} onClick={() => void sending.resumeAll()}>
            Resume sending
          </Button>
        </div>
      </Allowed>
    </Alert>
  );
}
