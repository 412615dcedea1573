import { Alert, Button, Group } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { data } from '#renderer/data/client.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone } from '#renderer/ui/notify.ts';
import { countWords } from '#shared/campaign/campaign-words.ts';
import { useCampaignAction } from './use-campaign-action.ts';

/** Explains mails nobody knows the fate of, and lets a person settle them. They are never sent again by themselves. */
export function UncertainNotice({ campaignId, count, online }: { campaignId: string; count: number; online: boolean }) {
  const { busy, run } = useCampaignAction();
  const mails = `${countWords(count)} ${count === 1 ? 'mail' : 'mails'}`;
  const settle = async (as: 'sent' | 'failed') => {
    const yes = await confirm({
      title: `Count ${mails} as ${as}?`,
      consequence:
        as === 'sent'
          ? 'The report counts them as sent. Nothing is sent now.'
          : 'The report counts them as failed. Nothing is sent now; a later campaign may reach these contacts again.',
      action: `Count ${mails} as ${as}`,
    });
    if (!yes) return;
    await run(as, 'They could not be settled', async () => {
      const { settled } = await data.actions.settleUncertain(campaignId, as);
      notifyDone(`${countWords(settled)} counted as ${as}.`);
    });
  };
  return (
    <Alert color="yellow" icon={<IconHelpCircle size={18} stroke={1.5} />} title={`${mails} may or may not have left`}>
      The server stopped while it was handing {count === 1 ? 'this mail' : 'these mails'} to the mail server, so nobody
      knows whether {count === 1 ? 'it' : 'they'} went out. To be sure that nobody gets two,{' '}
      {count === 1 ? 'it is' : 'they are'} not sent again by {count === 1 ? 'itself' : 'themselves'}. Look into the mail
      server’s log, then say what happened.
      <Allowed right="send">
        <Group gap={8} mt="sm">
          <Button variant="default" disabled={!online} loading={busy === 'sent'} onClick={() => void settle('sent')}>
            Count as sent
          </Button>
          <Button
            variant="default"
            disabled={!online}
            loading={busy === 'failed'}
            onClick={() => void settle('failed')}
          >
            Count as failed
          </Button>
        </Group>
      </Allowed>
    </Alert>
  );
}
