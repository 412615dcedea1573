import type { CampaignFigures } from '#renderer/data/data-api.ts';
import { type SkipReason, skipReasons } from '#shared/campaign/campaign.schema.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { codeOf, counts, numbersOf, textsOf, valueAt } from './access.ts';
import { readDelivery, rowsOfCampaign } from './deliveries.ts';

const HOUR_MS = 3_600_000;
/** Orders this long after the mail are counted as its revenue. */
export const ATTRIBUTION_MS = 7 * DAY_MS;

/** One campaign's figures from the delivery columns, and what its recipients ordered within seven days of their mail. */
export function campaignFigures(
  deliveries: readonly TablePart[],
  orders: readonly TablePart[],
  campaignId: string,
  currency: string,
): Omit<CampaignFigures, 'asOf'> {
  const figures: Omit<CampaignFigures, 'asOf'> = {
    recipients: 0,
    states: {},
    skipped: {},
    opened: 0,
    machineOpened: 0,
    clicked: 0,
    unsubscribed: 0,
    revenue: 0,
    orders: 0,
    buyers: 0,
    series: [],
  };
  const hours = new Map<number, { sent: number; opened: number; clicked: number }>();
  const count = (at: number | null, what: 'sent' | 'opened' | 'clicked') => {
    if (at === null) return;
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    const bucket = hours.get(hour) ?? { sent: 0, opened: 0, clicked: 0 };
    bucket[what]++;
    hours.set(hour, bucket);
  };
  const sentAt = new Map<number, number>();
  for (const { part, row } of rowsOfCampaign(deliveries, campaignId)) {
    const delivery = readDelivery(part, row);
    figures.recipients++;
    figures.states[delivery.state] = (figures.states[delivery.state] ?? 0) + 1;
    const reason = skipReasons.find((known): known is SkipReason => known === delivery.reason);
    if (delivery.state === 'skipped' && reason) figures.skipped[reason] = (figures.skipped[reason] ?? 0) + 1;
    if (delivery.openedAt !== null) figures.opened++;
    else if (!Number.isNaN(valueAt(numbersOf(part, 'machineOpenedAt'), row))) figures.machineOpened++;
    if (delivery.clickedAt !== null) figures.clicked++;
    if (!Number.isNaN(valueAt(numbersOf(part, 'unsubscribedAt'), row))) figures.unsubscribed++;
    count(delivery.sentAt, 'sent');
    count(delivery.openedAt, 'opened');
    count(delivery.clickedAt, 'clicked');
    if (delivery.sentAt !== null) sentAt.set(valueAt(numbersOf(part, 'contactId'), row), delivery.sentAt);
  }
  addOrders(figures, orders, sentAt, currency);
  figures.series = everyHour(hours);
  return figures;
}

function addOrders(
  figures: { revenue: number; orders: number; buyers: number },
  parts: readonly TablePart[],
  sentAt: ReadonlyMap<number, number>,
  currency: string,
): void {
  if (sentAt.size === 0) return;
  const buyers = new Set<number>();
  const first = [...sentAt.values()].reduce((least, at) => Math.min(least, at));
  for (const part of parts) {
    if (part.maxAt !== null && part.maxAt < first) continue;
    const contact = numbersOf(part, 'contactId');
    const time = numbersOf(part, 'at');
    const currencies = textsOf(part, 'currency');
    const wanted = codeOf(currencies, currency);
    for (let row = 0; row < part.rows; row++) {
      const contactId = (contact.data[row] ?? 0) + contact.base;
      const sent = sentAt.get(contactId);
      if (sent === undefined || currencies.codes[row] !== wanted || wanted === 0 || !counts(part, row)) continue;
      const at = valueAt(time, row);
      if (at < sent || at >= sent + ATTRIBUTION_MS) continue;
      figures.revenue += valueAt(numbersOf(part, 'gross'), row) - valueAt(numbersOf(part, 'returns'), row);
      if (valueAt(numbersOf(part, 'grossLines'), row) > 0) {
        figures.orders++;
        buyers.add(contactId);
      }
    }
  }
  figures.buyers = buyers.size;
}

/** At most this many points: a click months later must not make the chart endless. */
const MOST_HOURS = 24 * 14;

function everyHour(
  hours: ReadonlyMap<number, { sent: number; opened: number; clicked: number }>,
): CampaignFigures['series'] {
  if (hours.size === 0) return [];
  const times = [...hours.keys()].sort((a, b) => a - b);
  const first = times[0] ?? 0;
  const last = Math.min(times.at(-1) ?? first, first + (MOST_HOURS - 1) * HOUR_MS);
  const series: CampaignFigures['series'] = [];
  for (let at = first; at <= last; at += HOUR_MS) {
    series.push({ at, ...(hours.get(at) ?? { sent: 0, opened: 0, clicked: 0 }) });
  }
  return series;
}
