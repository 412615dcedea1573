import { expect, test } from 'vitest';
import type { CampaignFigures } from '#renderer/data/data-api.ts';
import { activity, funnelSteps } from './campaign-steps.ts';

const HOUR = 3_600_000;
const figures: CampaignFigures = {
  recipients: 1204,
  states: { sent: 1170, bounced: 10, skipped: 24 },
  skipped: { unsubscribed: 24 },
  opened: 402,
  machineOpened: 51,
  clicked: 120,
  unsubscribed: 3,
  revenue: 0,
  orders: 40,
  buyers: 31,
  series: [],
  asOf: { generation: 1, version: 1, at: null, eventsFrom: null },
};

test('bounced mails never left, machine opens are not in the funnel, and people are counted, not orders', () => {
  expect(funnelSteps(figures).map(({ value }) => value)).toEqual([1204, 1170, 402, 120, 31]);
});

test('up to three days are read by hour', () => {
  const series = Array.from({ length: 48 }, (_, hour) => ({ at: hour * HOUR, sent: 0, opened: 1, clicked: 0 }));
  const { by, buckets } = activity(series, 'UTC');
  expect(by).toBe('hour');
  expect(buckets).toHaveLength(48);
});

test('longer series are summed by day of the zone and lose nothing', () => {
  const series = Array.from({ length: 100 }, (_, hour) => ({ at: hour * HOUR, sent: 0, opened: 2, clicked: 1 }));
  const { by, buckets } = activity(series, 'Europe/Kyiv');
  expect(by).toBe('day');
  // 1970-01-01 03:00 in Kyiv: the first day has 21 hours.
  expect(buckets[0]?.opened).toBe(42);
  expect(buckets.reduce((sum, bucket) => sum + bucket.opened, 0)).toBe(200);
  expect(buckets.reduce((sum, bucket) => sum + bucket.clicked, 0)).toBe(100);
});
