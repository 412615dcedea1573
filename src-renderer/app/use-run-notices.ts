import { useEffect, useRef } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { showNotification } from '#renderer/platform/notification.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import type { RunState } from '#shared/campaign/campaign.schema.ts';
import { runNews } from './run-news.ts';

/** In the desktop app, while somebody works elsewhere: tells when a campaign was sent or paused by itself. */
export function useRunNotices(): void {
  const { value: runs } = useLive(() => data.campaignRuns(), [], ['documents:campaign-run']);
  const seen = useRef<ReadonlyMap<string, RunState>>(new Map());
  useEffect(() => {
    if (!runs) return;
    for (const news of runNews(seen.current, runs)) {
      showNotification(news).catch((error: unknown) => notifyError('A notification was not shown', error));
    }
    seen.current = new Map(runs.map(({ campaignId, state }) => [campaignId, state]));
  }, [runs]);
}
