import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page header={<PageHeader title="Not found" />}>
      <EmptyState
        icon={<IconMapOff size={24} stroke={1.5} />}
        title="There is nothing at this address"
        actions={
          <Button component={Link} href="/">
            Go to Home
          </Button>
        }
      >
        It may have been deleted, or the link is from a newer version of Muster.
      </EmptyState>
    </Page>
  );
}
