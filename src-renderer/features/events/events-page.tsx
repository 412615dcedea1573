import type { ReactNode } from 'react';
import { useProblemCount } from '#renderer/parts/problem-count.ts';
import { Page, type PageProps } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { TabLinks } from '#renderer/ui/tab-links.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';

type Props = {
  count?: ReactNode;
  actions?: ReactNode;
  width?: PageProps['width'];
  panel?: ReactNode;
  children: ReactNode;
};

/** The frame of the Events screens: one header, a tab each. */
export function EventsPage({ count, actions, width = 'fill', panel, children }: Props) {
  const format = useFormat();
  const problems = useProblemCount();
  return (
    <Page
      width={width}
      panel={panel}
      header={
        <PageHeader title="Events" count={count} actions={actions}>
          <TabLinks
            label="Events"
            tabs={[
              { href: '/events', label: 'Types' },
              { href: '/events/system', label: 'System' },
              { href: '/events/live', label: 'Live' },
              { href: '/events/problems', label: problems > 0 ? `Problems (${format.count(problems)})` : 'Problems' },
            ]}
          />
        </PageHeader>
      }
    >
      {children}
    </Page>
  );
}
