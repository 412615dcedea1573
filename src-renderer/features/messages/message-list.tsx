import { Button } from '@mantine/core';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { ListPage } from '#renderer/parts/list-page.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { type Campaign, campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { hasDraftContent, type Message, messageSchema } from '#shared/message/message.schema.ts';
import { createMessage } from './message-commands.ts';

/** Every message, newest first. */
export function MessageList() {
  const [, go] = useLocation();
  const messages = useLive(() => data.documents('message'), [], ['documents:message']);
  const campaigns = useLive(() => data.documents('campaign'), [], ['documents:campaign']);
  const all = useMemo(
    () =>
      messages.value && typedDocs(messageSchema, messages.value).sort((a, b) => b.body.createdAt - a.body.createdAt),
    [messages.value],
  );
  const usedIn = useMemo(() => usage(typedDocs(campaignSchema, campaigns.value ?? [])), [campaigns.value]);
  const create = (
    <Allowed right="edit">
      <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => void createMessage(go)}>
        New message
      </Button>
    </Allowed>
  );
  return (
    <ListPage
      title="Messages"
      one="message"
      items={all}
      error={messages.error}
      retry={messages.reload}
      bodyOf={({ body }) => body}
      textOf={({ body }) => `${body.name}\n${body.subject}`}
      searchHint="Search by name or subject"
      actions={create}
      empty={
        <EmptyState icon={<IconMail size={24} stroke={1.5} />} title="Write the first email" actions={create}>
          A message is an email you can send to many people. It starts as a finished newsletter: change the words, look
          at it as one of your contacts, and send yourself a test.
        </EmptyState>
      }
    >
      {(shown) => <MessageTable messages={shown} usedIn={usedIn} />}
    </ListPage>
  );
}

function usage(campaigns: readonly Doc<Campaign>[]): ReadonlyMap<string, Doc<Campaign>[]> {
  const found = new Map<string, Doc<Campaign>[]>();
  for (const campaign of campaigns) {
    const { messageId } = campaign.body;
    if (messageId !== null) found.set(messageId, [...(found.get(messageId) ?? []), campaign]);
  }
  return found;
}

type TableProps = { messages: readonly Doc<Message>[]; usedIn: ReadonlyMap<string, Doc<Campaign>[]> };

const columns: readonly ListColumn[] = [
  { head: 'Name', width: '26%' },
  { head: 'Subject' },
  { head: 'Used in', width: '22%' },
  { head: 'Created', width: 130 },
  { head: 'State', width: 130 },
];

function MessageTable({ messages, usedIn }: TableProps) {
  return (
    <ListTable label="Messages" columns={columns}>
      {messages.map(({ id, body, waiting, refusal }) => (
        <tr key={id}>
          <NameCell href={`/messages/${id}`} name={body.name} tags={body.tags} />
          <td className={list.dim} title={body.subject}>
            {body.subject}
          </td>
          <td>
            <UsedIn campaigns={usedIn.get(id) ?? []} />
          </td>
          <td className={list.dim}>
            <Time at={body.createdAt} />
          </td>
          <td>
            {hasDraftContent(body) && refusal === null ? (
              <StatusDot tone="warn">Unpublished</StatusDot>
            ) : refusal !== null ? (
              <StatusDot tone="bad">Refused</StatusDot>
            ) : waiting ? (
              <StatusDot tone="neutral">Waiting</StatusDot>
            ) : (
              <StatusDot tone="ok">Synced</StatusDot>
            )}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

function UsedIn({ campaigns }: { campaigns: readonly Doc<Campaign>[] }) {
  const [first] = campaigns;
  if (!first) return null;
  if (campaigns.length > 1) return <span className={list.dim}>{campaigns.length} campaigns</span>;
  return (
    <Link href={`/campaigns/${first.id}`} className={list.dim}>
      {first.body.name}
    </Link>
  );
}
