import { data } from '#renderer/data/client.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { campaignSchema } from '#shared/campaign/campaign.schema.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { starterMjml, starterPreheader, starterSubject } from './starter.ts';

type Go = (address: string) => void;

/** Stores a new message and opens it. */
export async function createMessage(go: Go): Promise<void> {
  await store(
    {
      name: 'New newsletter',
      subject: starterSubject,
      preheader: starterPreheader,
      format: 'mjml',
      source: starterMjml,
      createdAt: clock(),
      live: null,
    },
    go,
  );
}

export async function copyMessage(message: Message, go: Go): Promise<void> {
  const name = `${message.name.slice(0, 112)} (copy)`;
  await store({ ...message, name, createdAt: clock(), live: null }, go);
}

async function store(message: Message, go: Go): Promise<void> {
  try {
    go(`/messages/${await data.saveDocument('message', null, message)}`);
  } catch (error) {
    notifyError('The message was not made', error);
  }
}

/** Asks first, and says which campaigns would lose their message. What was sent stays as it was sent. */
export async function removeMessage(id: string, message: Message, go: Go): Promise<void> {
  try {
    const campaigns = typedDocs(campaignSchema, await data.documents('campaign'));
    const using = campaigns.filter(({ body }) => body.messageId === id).map(({ body }) => `“${body.name}”`);
    const yes = await confirm({
      title: `Delete “${message.name}”?`,
      consequence:
        using.length === 0
          ? 'No campaign uses it.'
          : `Used in ${using.join(', ')}. Mails that were sent stay as they were sent; a draft has to choose another message.`,
      action: 'Delete message',
      danger: true,
    });
    if (!yes) return;
    go('/messages');
    await data.removeDocument(id);
    notifyDone(`“${message.name}” was deleted.`);
  } catch (error) {
    notifyError('The message was not deleted', error);
  }
}
