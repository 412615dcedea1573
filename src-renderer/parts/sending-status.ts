import { useEffect } from 'react';
import { create } from 'zustand';
import { data } from '#renderer/data/client.ts';
import { useChange } from '#renderer/data/hooks.ts';
import type { SendingStatus } from '#shared/api/ports.ts';

const ASK_EVERY_MS = 30_000;

/** The last known state of sending; the server alone decides, so it is unknown until it was reached once. */
export const useSendingStatus = create<{ status: SendingStatus | null; error: unknown }>(() => ({
  status: null,
  error: null,
}));

/** Asks the server now. Being offline keeps the last answer. */
export async function refreshSendingStatus(): Promise<void> {
  try {
    useSendingStatus.setState({ status: await data.actions.sendingStatus(), error: null });
  } catch (error) {
    useSendingStatus.setState({ error });
  }
}

/** Takes over an answer another call brought. */
export const setSendingStatus = (status: SendingStatus): void => useSendingStatus.setState({ status, error: null });

/** Keeps the state current while the page is open: after changes and twice a minute. Mounted once, by the shell. */
export function useWatchSending(): void {
  useEffect(() => {
    void refreshSendingStatus();
    const timer = window.setInterval(() => {
      if (!document.hidden) void refreshSendingStatus();
    }, ASK_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  useChange(['status', 'documents'], (change) => {
    if (change.topic === 'status' || change.kind === 'campaign-run') void refreshSendingStatus();
  });
}
