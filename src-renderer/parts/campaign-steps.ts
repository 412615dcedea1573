/** A campaign's funnel and series from its figures. Pure: the screen and the tests read the same. */

import type { CampaignFigures, RecipientFilter } from '#renderer/data/data-api.ts';
import { countWords } from '#shared/campaign/campaign-words.ts';
import { localDate, startOfDate } from '#shared/kernel/time.ts';

export type Step = {
  key: 'recipients' | 'sent' | 'opened' | 'clicked' | 'ordered';
  label: string;
  value: number;
  /** Part of which count, in words. */
  of: { value: number; words: string } | null;
  filter: RecipientFilter | null;
};

/** Mails that left. A bounced one did not: the server refused its recipient. */
export function sentCount(figures: Pick<CampaignFigures, 'states'>): number {
  return figures.states.sent ?? 0;
}

export function funnelSteps(figures: CampaignFigures): Step[] {
  const sent = sentCount(figures);
  const ofSent = { value: sent, words: 'of sent' };
  return [
    { key: 'recipients', label: 'Recipients', value: figures.recipients, of: null, filter: 'all' },
    {
      key: 'sent',
      label: 'Sent',
      value: sent,
      of: { value: figures.recipients, words: 'of recipients' },
      filter: 'sent',
    },
    { key: 'opened', label: 'Opened', value: figures.opened, of: ofSent, filter: 'opened' },
    { key: 'clicked', label: 'Clicked', value: figures.clicked, of: ofSent, filter: 'clicked' },
    { key: 'ordered', label: 'Ordered', value: figures.buyers, of: ofSent, filter: null },
  ];
}

export function machineOpenWords(count: number): string {
  return `+ ${countWords(count)} by machines only`;
}

const HOUR_MS = 3_600_000;
/** More hours than this are read as days. */
const HOURS_SHOWN = 72;

export type ActivityBucket = { at: number; opened: number; clicked: number };
export type Activity = { by: 'hour' | 'day'; buckets: ActivityBucket[] };

/** Opens and clicks by hour, or by day of the zone once there are more than three days of them. */
export function activity(series: CampaignFigures['series'], zone: string): Activity {
  const first = series[0];
  const last = series.at(-1);
  if (!first || !last || (last.at - first.at) / HOUR_MS < HOURS_SHOWN) {
    return { by: 'hour', buckets: series.map(({ at, opened, clicked }) => ({ at, opened, clicked })) };
  }
  const days = new Map<string, ActivityBucket>();
  for (const { at, opened, clicked } of series) {
    const day = localDate(zone, at);
    const bucket = days.get(day) ?? { at: startOfDate(zone, day), opened: 0, clicked: 0 };
    days.set(day, { at: bucket.at, opened: bucket.opened + opened, clicked: bucket.clicked + clicked });
  }
  return { by: 'day', buckets: [...days.values()] };
}
