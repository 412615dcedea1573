import type { ReactNode } from 'react';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';

/** Shows its content to administrators, and to everybody else why it is not shown. */
export function OnlyAdministrators({ children }: { children: ReactNode }) {
  const reason = useReasonWithout('administer');
  if (reason === null) return children;
  return <EmptyState title="For administrators">{reason} Ask one of them to change something here.</EmptyState>;
}
