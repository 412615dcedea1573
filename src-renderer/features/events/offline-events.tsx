import { IconCloudOff } from '@tabler/icons-react';
import { useLive } from '#renderer/data/hooks.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { LiveList } from './live-list.tsx';

const SHOWN = 200;

/** Without the server: who did what and when, as this device knows it. What events say is asked of the server. */
export function OfflineEvents({ type }: { type: string | null }) {
  const found = useLive((from) => from.newestEvents(type, SHOWN), [type], ['columns']);
  if (found.value === undefined) {
    if (found.error === null) return <SkeletonRows label="Loading events" />;
    return <ErrorState title="The events could not be read" error={found.error} retry={found.reload} />;
  }
  if (found.value.length === 0) {
    return (
      <EmptyState icon={<IconCloudOff size={24} stroke={1.5} />} title="No events on this device">
        New events arrive here when you are online again.
      </EmptyState>
    );
  }
  return <LiveList events={found.value} open={null} />;
}
