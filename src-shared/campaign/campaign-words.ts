/** Campaign states, reasons and results in words, so that every screen and the command line say the same. */
import type { CampaignRun, DeliveryState, RunState, SkipReason } from './campaign.schema.ts';

const reasonWords: Record<SkipReason, string> = {
  noEmail: 'without email',
  invalidEmail: 'with an invalid email address',
  unsubscribed: 'unsubscribed',
  bounced: 'whose address bounced before',
  complained: 'who marked an earlier mail as spam',
  notSubscribed: 'not subscribed to its categories, or not confirmed yet',
  duplicateAddress: 'with an address already on the list',
  demoAddress: 'of the demo shop',
  deleted: 'deleted since',
  missingVariable: 'with an empty variable',
  campaignStopped: 'left out because the campaign was stopped',
};

const isReason = (reason: string): reason is SkipReason => reason in reasonWords;

/** "without email"; an unknown reason (of a newer server) is shown as it came. */
export function skipReasonWords(reason: string): string {
  return isReason(reason) ? reasonWords[reason] : reason;
}

export const runStateWords: Record<RunState, string> = {
  scheduled: 'Scheduled',
  cancellable: 'About to start',
  sending: 'Sending',
  paused: 'Paused',
  done: 'Sent',
  stopped: 'Stopped',
  cancelled: 'Cancelled',
};

export const deliveryStateWords: Record<DeliveryState, string> = {
  queued: 'Waiting',
  sending: 'Being sent',
  sent: 'Sent',
  bounced: 'Bounced',
  failed: 'Failed',
  skipped: 'Skipped',
  uncertain: 'Uncertain',
  cancelled: 'Cancelled',
};

/** 1204 → "1,204". The same everywhere a count stands in a sentence. */
export function countWords(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function contactsWords(count: number): string {
  return `${countWords(count)} ${count === 1 ? 'contact' : 'contacts'}`;
}

/** Reasons by size: "20 unsubscribed, 4 without email". Empty text when nobody was skipped. */
export function skippedWords(skipped: Partial<Record<SkipReason, number>>): string {
  return skipList(skipped)
    .map(({ words, count }) => `${countWords(count)} ${words}`)
    .join(', ');
}

/** The reasons with at least one contact, most frequent first. */
export function skipList(
  skipped: Partial<Record<SkipReason, number>>,
): { reason: string; words: string; count: number }[] {
  return Object.entries(skipped)
    .flatMap(([reason, count]) => (count ? [{ reason, words: skipReasonWords(reason), count }] : []))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** Mails that left. A bounced one did not: the server refused its recipient before the message was handed over. */
export function leftCount(counts: Partial<Record<DeliveryState, number>>): number {
  return counts.sent ?? 0;
}

/** "Sent to 1,180 of 1,204 contacts. 24 skipped: 20 unsubscribed, 4 without email." */
export function resultWords(run: Pick<CampaignRun, 'recipients' | 'counts' | 'skipped'>): string {
  const { counts } = run;
  const parts = [`Sent to ${countWords(leftCount(counts))} of ${contactsWords(run.recipients)}.`];
  const skipped = counts.skipped ?? 0;
  const why = skippedWords(run.skipped);
  if (skipped > 0) parts.push(`${countWords(skipped)} skipped${why ? `: ${why}` : ''}.`);
  if (counts.bounced) parts.push(`${countWords(counts.bounced)} bounced.`);
  if (counts.failed) parts.push(`${countWords(counts.failed)} failed.`);
  if (counts.uncertain) parts.push(`${countWords(counts.uncertain)} uncertain.`);
  if (counts.cancelled) parts.push(`${countWords(counts.cancelled)} never sent, because it was stopped.`);
  return parts.join(' ');
}
