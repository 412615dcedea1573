import { Button, Tooltip } from '@mantine/core';
import { IconClock, IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { data } from '#renderer/data/client.ts';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import type { CampaignRun } from '#shared/campaign/campaign.schema.ts';
import { contactsWords, countWords, leftCount, resultWords } from '#shared/campaign/campaign-words.ts';
import classes from './campaigns.module.css';
import { RunProgress } from './run-progress.tsx';
import { leftWords } from './schedule.ts';
import { useCampaignAction } from './use-campaign-action.ts';

const OFFLINE = 'This needs the server, which cannot be reached now. What the server was doing goes on without you.';

type Props = { run: CampaignRun; online: boolean };

/** Where a launched campaign is, and what can be done about it now. */
export function RunPanel({ run, online }: Props) {
  const moving = run.state === 'cancellable' || run.state === 'scheduled';
  const now = useNow(moving ? 250 : 60_000);
  const format = useFormat();
  const { busy, run: act } = useCampaignAction();
  const id = run.campaignId;
  const notAllowed = useReasonWithout('send');
  const reason = online ? notAllowed : OFFLINE;
  const open = (run.counts.queued ?? 0) + (run.counts.sending ?? 0);

  const stop = async () => {
    const yes = await confirm({
      title: `Stop “${run.messageName}”?`,
      consequence: `${contactsWords(leftCount(run.counts))} have the mail already. ${contactsWords(open)} will never get it: a stopped campaign cannot go on.`,
      action: `Stop, and leave out ${contactsWords(open)}`,
      cancel: 'Go on sending',
      danger: true,
    });
    if (yes) await act('stop', 'The campaign was not stopped', () => data.actions.stop(id));
  };

  const button = (name: string, label: string, icon: ReactNode, onClick: () => void, primary = false) => (
    <Tooltip
      label={reason}
      disabled={reason === null}
      multiline
      maw={280}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        variant={primary ? 'filled' : 'default'}
        leftSection={icon}
        loading={busy === name}
        data-disabled={reason !== null || undefined}
        aria-disabled={reason !== null}
        onClick={() => {
          if (reason === null) onClick();
        }}
      >
        {label}
      </Button>
    </Tooltip>
  );
  const pause = button('pause', 'Pause', <IconPlayerPause size={16} stroke={1.5} />, () => {
    void act('pause', 'The campaign was not paused', () => data.actions.pause(id));
  });
  const resume = button(
    'resume',
    'Resume',
    <IconPlayerPlay size={16} stroke={1.5} />,
    () => void act('resume', 'The campaign was not resumed', () => data.actions.resume(id)),
    true,
  );
  const stopButton = button('stop', 'Stop…', <IconPlayerStop size={16} stroke={1.5} />, () => void stop());
  const cancel = (label: string, primary: boolean) =>
    button(
      'cancel',
      label,
      null,
      () => void act('cancel', 'The campaign was not cancelled', () => data.actions.cancel(id)),
      primary,
    );

  switch (run.state) {
    case 'scheduled':
      return (
        <Frame
          icon={<IconClock size={18} stroke={1.5} aria-hidden />}
          title={`Starts ${run.scheduledAt === null ? 'soon' : `on ${format.dateTime(run.scheduledAt)}`} (${format.zone})`}
          hint={`${contactsWords(run.recipients)} in “${run.segmentName}”${run.scheduledAt === null ? '' : ` · in ${leftWords(run.scheduledAt - now)}`}`}
          actions={cancel('Cancel the schedule', false)}
        />
      );
    case 'cancellable': {
      const left = Math.max(0, (run.cancelUntil ?? now) - now);
      return (
        <Frame
          tone="accent"
          live
          icon={<IconClock size={18} stroke={1.5} aria-hidden />}
          title={
            left > 0
              ? `Sending to ${contactsWords(run.recipients - (run.counts.skipped ?? 0))} starts in ${leftWords(left)}`
              : 'Sending starts now'
          }
          hint={
            left > 0
              ? 'Nothing has left yet. Cancel, and it is as if it had never been started.'
              : 'The server takes it from here; the first mails leave in a moment.'
          }
          actions={cancel('Cancel sending', true)}
        />
      );
    }
    case 'sending':
      return (
        <Frame
          title={`Sending: ${countWords(leftCount(run.counts))} of ${contactsWords(run.recipients - (run.counts.skipped ?? 0))}`}
          hint={run.problem}
          actions={
            <>
              {pause}
              {stopButton}
            </>
          }
        >
          <RunProgress run={run} />
        </Frame>
      );
    case 'paused':
      return (
        <Frame
          tone="warn"
          title={`Paused with ${contactsWords(open)} still waiting`}
          hint={run.problem ?? 'Nothing leaves until it is resumed.'}
          actions={
            <>
              {stopButton}
              {resume}
            </>
          }
        >
          <RunProgress run={run} />
        </Frame>
      );
    case 'done':
    case 'stopped':
      return (
        <Frame title={resultWords(run)} hint={finishWords(run, format.dateTime)}>
          <RunProgress run={run} />
        </Frame>
      );
    case 'cancelled':
      return null;
  }
}

function finishWords(run: CampaignRun, dateTime: (at: number) => string): string | null {
  if (run.finishedAt === null) return run.problem;
  const verb = run.state === 'stopped' ? 'Stopped' : 'Finished';
  return `${verb} ${dateTime(run.finishedAt)}${run.problem ? ` · ${run.problem}` : ''}`;
}

type FrameProps = {
  title: string;
  hint: string | null;
  tone?: 'accent' | 'warn';
  icon?: ReactNode;
  actions?: ReactNode;
  live?: boolean;
  children?: ReactNode;
};

function Frame({ title, hint, tone, icon, actions, live = false, children }: FrameProps) {
  return (
    <section className={classes.run} data-tone={tone} aria-label="Progress">
      <div className={classes.runHead}>
        {icon}
        {/* The countdown would be read out every second: only its first words are announced. */}
        <div className={classes.runWords} role={live ? 'timer' : 'status'}>
          <div className={classes.runTitle}>{title}</div>
          {hint ? <div className={classes.runHint}>{hint}</div> : null}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
