import { useEffect, useState } from 'react';
import type { WorkspaceState } from '#shared/desktop/desktop-contract.ts';
import { desktop } from './desktop.ts';

const ASK_EVERY_MS = 3000;

/** Where the desktop app's data comes from; null in a browser, which already is at its server. Asked again while `watch`. */
export function useWorkspace(watch: boolean): WorkspaceState | null {
  const [state, setState] = useState<WorkspaceState | null>(null);
  useEffect(() => {
    const bridge = desktop();
    if (!bridge) return;
    let closed = false;
    const ask = async () => {
      const next = await bridge.invoke('workspace.get', undefined);
      if (!closed) setState(next);
    };
    void ask();
    const timer = watch ? window.setInterval(() => void ask(), ASK_EVERY_MS) : undefined;
    return () => {
      closed = true;
      window.clearInterval(timer);
    };
  }, [watch]);
  return state;
}

/** Starts the server of this computer. Null in a browser. */
export async function startLocalWorkspace(): Promise<WorkspaceState | null> {
  return (await desktop()?.invoke('workspace.useLocal', undefined)) ?? null;
}

/** Makes another server the one of this app. Null in a browser. */
export async function connectToServer(url: string): Promise<WorkspaceState | null> {
  return (await desktop()?.invoke('workspace.useServer', { url })) ?? null;
}
