import { Button, TextInput } from '@mantine/core';
import { IconMail, IconPlus, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { TagChips } from '#renderer/parts/tag-chips.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type Campaign, campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { fold } from '#shared/kernel/fold.ts';
import { hasDraftContent, type Message, messageSchema } from '#shared/message/message.schema.ts';
import { createMessage } from './message-commands.ts';

/** Every message, newest first. */
export function MessageList() {
  const [, go] = useLocation();
  const [search, setSearch] = useState('');
  const messages = useLive(() => data.documents('message'), [], ['documents:message']);
  const campaigns = useLive(() => data.documents('campaign'), [], ['documents:campaign']);
  const format = useFormat();

  const all = useMemo(
    () => typedDocs(messageSchema, messages.value ?? []).sort((a, b) => b.body.createdAt - a.body.createdAt),
    [messages.value],
  );
  const usedIn = useMemo(() => usage(typedDocs(campaignSchema, campaigns.value ?? [])), [campaigns.value]);
  const byTag = useTagFilter(useMemo(() => all.map(({ body }) => body), [all]));
  const wanted = fold(search.trim());
  const shown = all.filter(({ body }) => byTag.passes(body) && fold(`${body.name}\n${body.subject}`).includes(wanted));

  const create = (
    <Allowed right="edit">
      <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => void createMessage(go)}>
        New message
      </Button>
    </Allowed>
  );
  return (
    <Page
      width="fill"
      header={
        <PageHeader title="Messages" count={all.length > 0 ? format.count(all.length) : undefined} actions={create}>
          {all.length > 0 ? (
            <>
              <TextInput
                aria-label="Search messages"
                placeholder="Search by name or subject"
                leftSection={<IconSearch size={16} stroke={1.5} />}
                w={280}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
              {byTag.control}
            </>
          ) : null}
        </PageHeader>
      }
    >
      {messages.error ? (
        <ErrorState title="The messages could not be read" error={messages.error} />
      ) : messages.value === undefined ? (
        <SkeletonRows label="Loading messages" />
      ) : all.length === 0 ? (
        <EmptyState icon={<IconMail size={24} stroke={1.5} />} title="Write the first email" actions={create}>
          A message is an email you can send to many people. It starts as a finished newsletter: change the words, look
          at it as one of your contacts, and send yourself a test.
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState
          title={wanted === '' ? 'No message has this tag' : `No message matches “${search.trim()}”`}
          actions={
            <Button
              variant="default"
              onClick={() => {
                setSearch('');
                byTag.clear();
              }}
            >
              Show all messages
            </Button>
          }
        />
      ) : (
        <MessageTable messages={shown} usedIn={usedIn} />
      )}
    </Page>
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

function MessageTable({ messages, usedIn }: TableProps) {
  return (
    <div className={list.wrap}>
      <table className={list.table}>
        <colgroup>
          <col style={{ width: '26%' }} />
          <col />
          <col style={{ width: '22%' }} />
          <col style={{ width: 130 }} />
          <col style={{ width: 130 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Subject</th>
            <th scope="col">Used in</th>
            <th scope="col">Created</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {messages.map(({ id, body, waiting, refusal }) => (
            <tr key={id}>
              <td title={body.name}>
                <Link href={`/messages/${id}`} className={list.strong}>
                  {body.name}
                </Link>{' '}
                <TagChips tags={body.tags} />
              </td>
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
        </tbody>
      </table>
    </div>
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
