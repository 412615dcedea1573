import { Button } from '@mantine/core';
import { Link, Route, Switch } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { typedDoc } from '#renderer/parts/typed-docs.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { SENDER_ID, senderSchema } from '#shared/api/settings.schema.ts';
import { messageSchema } from '#shared/message/message.schema.ts';
import { MessageEditor } from './message-editor.tsx';
import { MessageList } from './message-list.tsx';

/** Messages: the list, and the editor of one. */
export default function MessagesRoutes() {
  return (
    <Switch>
      <Route path="/messages" component={MessageList} />
      <Route path="/messages/:id">{({ id }) => <OpenMessage key={id} id={id} />}</Route>
    </Switch>
  );
}

function OpenMessage({ id }: { id: string }) {
  const found = useLive(() => data.document(id), [id], ['documents:message']);
  const sender = useLive(() => data.document(SENDER_ID), [], ['documents:setting']);
  const header = <PageHeader parent={{ label: 'Messages', href: '/messages' }} title="Message" />;
  if (found.error) {
    return (
      <Page header={header}>
        <ErrorState title="The message could not be read" error={found.error} />
      </Page>
    );
  }
  if (found.value === undefined || (sender.value === undefined && sender.error === null)) {
    return (
      <Page width="fill" header={header}>
        <SkeletonRows label="Loading the message" />
      </Page>
    );
  }
  const doc = typedDoc(messageSchema, found.value);
  if (!doc) {
    return (
      <Page header={header}>
        <EmptyState
          title="This message is not here"
          actions={
            <Button component={Link} href="/messages">
              All messages
            </Button>
          }
        >
          It was deleted, or it was made with a newer version of Muster.
        </EmptyState>
      </Page>
    );
  }
  return <MessageEditor doc={doc} sender={typedDoc(senderSchema, sender.value ?? null)?.body ?? null} />;
}
