import { expect, test } from 'vitest';
import type { CampaignRun } from '#shared/campaign/campaign.schema.ts';
import { runNews } from './run-news.ts';

const run = (more: Partial<CampaignRun>): CampaignRun => ({
  campaignId: 'c1',
  state: 'sending',
  subject: '',
  messageName: 'Spring sale',
  segmentName: '',
  recipients: 0,
  counts: {},
  skipped: {},
  scheduledAt: null,
  cancelUntil: null,
  startedAt: null,
  finishedAt: null,
  problem: null,
  ...more,
});

test('a campaign that ended or paused by itself is news, once', () => {
  const before = new Map([['c1', 'sending' as const]]);
  expect(runNews(before, [run({ state: 'done', counts: { sent: 1180 } })])).toEqual([
    { title: 'Campaign sent', body: 'Spring sale: 1,180 emails sent.', path: '/campaigns/c1' },
  ]);
  expect(runNews(before, [run({ state: 'paused', problem: 'The mail server refuses the password.' })])).toEqual([
    { title: 'Campaign paused', body: 'Spring sale: The mail server refuses the password.', path: '/campaigns/c1' },
  ]);
  expect(runNews(new Map([['c1', 'done' as const]]), [run({ state: 'done' })])).toEqual([]);
});

test('what was never seen, goes on, or was done by a person is no news', () => {
  expect(runNews(new Map(), [run({ state: 'done' })])).toEqual([]);
  expect(runNews(new Map([['c1', 'cancellable' as const]]), [run({ state: 'sending' })])).toEqual([]);
  expect(runNews(new Map([['c1', 'sending' as const]]), [run({ state: 'paused' }), run({ state: 'stopped' })])).toEqual(
    [],
  );
});
