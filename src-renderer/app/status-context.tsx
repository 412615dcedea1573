import { createContext, type ReactNode, useContext, useLayoutEffect } from 'react';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { useStatus } from '#renderer/data/hooks.ts';
import { setRole } from '#renderer/parts/use-can.ts';

const StatusContext = createContext<SyncStatus | undefined>(undefined);

/** Asks how the sync stands once for the whole frame. It changes many times a second while data comes in: only who shows it is drawn again. */
export function StatusProvider({ children }: { children: ReactNode }) {
  const status = useStatus();
  const role = status?.role ?? null;
  // Before the paint, so that nothing is offered for a frame that the role does not allow.
  useLayoutEffect(() => setRole(role), [role]);
  return <StatusContext value={status}>{children}</StatusContext>;
}

/** How the sync stands; undefined until the worker answered. */
export const useCurrentStatus = (): SyncStatus | undefined => useContext(StatusContext);
