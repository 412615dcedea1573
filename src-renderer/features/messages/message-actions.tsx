import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { IconCopy, IconDots, IconSend, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { ContactRow, Doc } from '#renderer/data/data-api.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useSendingStatus } from '#renderer/parts/sending-status.ts';
import { withSleepingLinks } from '#renderer/parts/sleeping-server.ts';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { copyMessage, removeMessage } from './message-commands.ts';
import { contactName } from './use-sample-contact.ts';

type Props = { doc: Doc<Message>; message: Message; contact: ContactRow | null; flush: () => Promise<void> };

/** A test to oneself, a campaign with this message, a copy, deletion. */
export function MessageActions({ doc, message, contact, flush }: Props) {
  const [, go] = useLocation();
  const [sending, setSending] = useState(false);
  const offline = !useOnline();
  const notAllowed = useReasonWithout('send');
  const { status } = useSendingStatus();
  const blocked = offline || notAllowed !== null;
  const reason = offline
    ? 'Sending needs the server, which cannot be reached now. The message is saved on this device.'
    : notAllowed !== null
      ? notAllowed
      : withSleepingLinks(
          contact
            ? `Goes to your own address, with the values of ${contactName(contact)}.`
            : 'Goes to your own address.',
          status,
        );

  const sendTest = async () => {
    setSending(true);
    try {
      await flush();
      const { to } = await data.actions.testSend(message, contact?.id ?? null);
      notifyDone(withSleepingLinks(`Test sent to ${to}.`, status));
    } catch (error) {
      notifyError('The test was not sent', error);
    } finally {
      setSending(false);
    }
  };

  const startCampaign = async () => {
    try {
      await flush();
      const segments = await data.documents('segment');
      // The only segment there is, is chosen already, as on the page of campaigns.
      const segmentId = segments.length === 1 ? (segments[0]?.id ?? null) : null;
      const body = { name: message.name, messageId: doc.id, segmentId, scheduledAt: null, createdAt: clock() };
      go(`/campaigns/${await data.saveDocument('campaign', null, body)}`);
    } catch (error) {
      notifyError('The campaign was not made', error);
    }
  };

  return (
    <>
      <Allowed right="edit">
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label="More actions">
              <IconDots size={16} stroke={1.5} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconCopy size={16} stroke={1.5} />} onClick={() => void copyMessage(message, go)}>
              Make a copy
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} stroke={1.5} />}
              onClick={() => void removeMessage(doc.id, message, go)}
            >
              Delete message…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Allowed>
      <Tooltip label={reason} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
        <Button
          variant="default"
          loading={sending}
          data-disabled={blocked || undefined}
          aria-disabled={blocked}
          onClick={() => {
            if (!blocked) void sendTest();
          }}
        >
          Send test to myself
        </Button>
      </Tooltip>
      <Allowed right="edit">
        <Button leftSection={<IconSend size={16} stroke={1.5} />} onClick={() => void startCampaign()}>
          Use in a campaign
        </Button>
      </Allowed>
    </>
  );
}
