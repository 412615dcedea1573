import { Button, Group } from '@mantine/core';
import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { refreshSendingStatus, setSendingStatus, useSendingStatus } from '#renderer/parts/sending-status.ts';
import { resumeAllSending, stopAllSending } from '#renderer/parts/stop-sending.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { campaignState, stoppedWords } from './campaign-state.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Whether email may leave, and why not. */
export function SendingSettings() {
  const format = useFormat();
  const { status, error } = useSendingStatus();
  const [testing, setTesting] = useState(false);
  useEffect(() => {
    void refreshSendingStatus();
  }, []);
  const test = async () => {
    setTesting(true);
    try {
      setSendingStatus(await data.actions.verifyPublicUrl());
    } catch (failure) {
      notifyError('The public address was not tested', failure);
    } finally {
      setTesting(false);
    }
  };
  if (status === null) {
    return error === null ? null : (
      <ErrorState
        title="Sending can only be managed with the server"
        error={error}
        retry={() => void refreshSendingStatus()}
      />
    );
  }
  const campaigns = campaignState(status);
  return (
    <>
      <Section
        title="All sending"
        text="The emergency brake: nothing leaves, whatever campaigns are under way, until it is resumed."
        aside={
          status.stopped ? (
            <Allowed right="administer">
              <Button onClick={() => void resumeAllSending(format)}>Resume sending</Button>
            </Allowed>
          ) : (
            <Allowed right="send">
              <Button variant="default" c="var(--bad)" onClick={() => void stopAllSending(format)}>
                Stop all sending
              </Button>
            </Allowed>
          )
        }
      >
        <StatusDot tone={status.stopped ? 'bad' : 'ok'}>
          {status.stopped ? stoppedWords(status) : 'Not stopped'}
        </StatusDot>
      </Section>
      <Section
        title="Ready for campaigns"
        text="Unsubscribe links must work for everybody before the first campaign, so the server tests its own public address."
        aside={
          <Allowed right="administer">
            <Button variant="default" loading={testing} onClick={() => void test()}>
              Test the public address
            </Button>
          </Allowed>
        }
      >
        <dl className={classes.facts}>
          <dt>Mail server</dt>
          <dd>
            <StatusDot tone={status.smtpConfigured ? 'ok' : 'warn'}>
              {status.smtpConfigured ? 'Configured' : 'Not configured: start the server with MUSTER_SMTP_URL'}
            </StatusDot>
          </dd>
          <dt>Public address</dt>
          <dd>{status.publicUrl}</dd>
          {status.localWorkspace ? (
            <>
              <dt>Links in sent mail</dt>
              <dd>
                <StatusDot tone="warn">Work only while this computer is awake and Muster is open</StatusDot>
              </dd>
            </>
          ) : null}
          <dt>Campaigns</dt>
          <dd>
            <StatusDot tone={campaigns.tone}>{campaigns.words}</StatusDot>
          </dd>
        </dl>
        {status.problem === null ? null : (
          <Group mt="md">
            <ErrorState inline title="What is missing" error={{ code: 'internal', message: status.problem }} />
          </Group>
        )}
      </Section>
    </>
  );
}
