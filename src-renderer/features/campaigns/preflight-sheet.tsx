import { Button, Drawer, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { Campaign, Preflight } from '#shared/campaign/campaign.schema.ts';
import { contactsWords, countWords, skipList } from '#shared/campaign/campaign-words.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { checkMessage } from '#shared/message/variables.ts';
import { blockerMend } from './blocker-mend.ts';
import classes from './campaigns.module.css';
import { LinkFacts, MailFacts, VariableFacts } from './preflight-content.tsx';
import { useCampaignAction } from './use-campaign-action.ts';

type Props = {
  campaignId: string;
  campaign: Campaign;
  message: Message | null;
  opened: boolean;
  onClose: () => void;
};

/** The last look before anything leaves: who gets it, who not and why, what is in it, what forbids it. */
export function PreflightSheet({ campaignId, campaign, message, opened, onClose }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={560}
      title="Review and send"
      padding={20}
      classNames={{ content: classes.drawer, body: classes.drawerBody }}
      transitionProps={{ duration: 120 }}
    >
      {opened ? <Sheet campaignId={campaignId} campaign={campaign} message={message} onClose={onClose} /> : null}
    </Drawer>
  );
}

type Answer = { state: 'asking' } | { state: 'failed'; error: unknown } | { state: 'there'; preflight: Preflight };

function Sheet({ campaignId, campaign, message, onClose }: Omit<Props, 'opened'>) {
  const [answer, setAnswer] = useState<Answer>({ state: 'asking' });
  const [round, setRound] = useState(0);
  const needed = useMemo(
    () =>
      new Set(message ? checkMessage(message).variables.flatMap(({ name, needed: gap }) => (gap ? [name] : [])) : []),
    [message],
  );
  const { busy, run } = useCampaignAction();
  const format = useFormat();
  const again = useCallback(() => {
    setAnswer({ state: 'asking' });
    setRound((old) => old + 1);
  }, []);

  // `round` asks anew: after a mend elsewhere, or after a failure.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    let gone = false;
    data.actions.preflight(campaignId).then(
      (preflight) => {
        if (!gone) setAnswer({ state: 'there', preflight });
      },
      (error: unknown) => {
        if (!gone) setAnswer({ state: 'failed', error });
      },
    );
    return () => {
      gone = true;
    };
  }, [campaignId, round]);

  if (answer.state === 'asking') return <Asking />;
  if (answer.state === 'failed') {
    return <ErrorState inline title="The check could not be made" error={answer.error} retry={again} />;
  }
  const { preflight } = answer;
  const { matched, recipients, blockers, warnings } = preflight;
  const blocked = blockers.length > 0 || recipients === 0;
  const { scheduledAt } = campaign;
  const launch = async () => {
    const done = await run('launch', 'The campaign was not started', () =>
      data.actions.launch(campaignId, scheduledAt),
    );
    if (done) onClose();
  };

  return (
    <div className={classes.sheet}>
      <div>
        <p className={classes.sheetTop}>
          {recipients === matched
            ? contactsWords(recipients)
            : `${countWords(recipients)} of ${contactsWords(matched)}`}{' '}
          will get it
        </p>
        <p className={classes.hint}>
          {scheduledAt === null
            ? 'Now, after 10 seconds in which you can cancel.'
            : `On ${format.dateTime(scheduledAt)} (${format.zone}).`}
        </p>
      </div>

      {blockers.length > 0 ? (
        <section className={classes.sheetSection} aria-label="To mend first">
          <h3>To mend first</h3>
          <ul className={classes.rows}>
            {blockers.map(({ code, message }) => {
              const mend = blockerMend(code, campaign.messageId, campaign.segmentId);
              return (
                <li key={`${code} ${message}`}>
                  <IconCircleX size={16} stroke={1.5} className={classes.bad} aria-hidden />
                  <span>{message}</span>
                  {mend ? (
                    <Button component={Link} href={mend.href} size="compact-xs" variant="default">
                      {mend.label}
                    </Button>
                  ) : null}
                </li>
              );
            })}
          </ul>
        </section>
      ) : null}

      {warnings.length > 0 ? (
        <section className={classes.sheetSection} aria-label="Worth a look">
          <h3>Worth a look</h3>
          <ul className={classes.rows}>
            {warnings.map((warning) => (
              <li key={warning}>
                <IconAlertTriangle size={16} stroke={1.5} className={classes.warn} aria-hidden />
                <span>{warning}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}

      <Skipped preflight={preflight} />
      <MailFacts preflight={preflight} />
      <VariableFacts preflight={preflight} needed={needed} />
      <LinkFacts preflight={preflight} />

      <div className={classes.sheetFoot}>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconRefresh size={16} stroke={1.5} />}
          onClick={again}
          mr="auto"
        >
          Check again
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button onClick={() => void launch()} disabled={blocked} loading={busy === 'launch'} data-autofocus>
          {scheduledAt === null ? 'Send' : 'Schedule'} to {contactsWords(recipients)}
        </Button>
      </div>
    </div>
  );
}

function Skipped({ preflight }: { preflight: Preflight }) {
  const skipped = skipList(preflight.skipped);
  if (skipped.length === 0) return null;
  const sum = skipped.reduce((total, { count }) => total + count, 0);
  return (
    <section className={classes.sheetSection} aria-label="Skipped">
      <h3>{contactsWords(sum)} will be skipped</h3>
      <ul className={classes.reasons}>
        {skipped.map(({ reason, words, count }) => (
          <li key={reason}>
            <span>{words.slice(0, 1).toUpperCase() + words.slice(1)}</span>
            <span>{countWords(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Asking() {
  return (
    <div className={classes.sheet} role="status" aria-label="Checking every recipient">
      <Delayed>
        <p className={classes.hint}>Checking every recipient, the variables and the links…</p>
        <Skeleton height={24} width="70%" />
        <Skeleton height={12} width="90%" />
        <Skeleton height={12} width="80%" />
        <Skeleton height={12} width="85%" />
      </Delayed>
    </div>
  );
}
