import type { DeliveryRow, RecipientFilter } from '#renderer/data/data-api.ts';
import { type DeliveryState, deliveryStates } from '#shared/campaign/campaign.schema.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { codeOf, counts, numbersOf, textOf, textsOf, valueAt } from './access.ts';

/** Null for an empty instant. */
export const instantOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** A state of a newer server that this build does not know is shown as what it most resembles to a reader: not finished. */
export function toState(text: string | null): DeliveryState {
  return deliveryStates.find((state) => state === text) ?? 'queued';
}

export function readDelivery(part: TablePart, row: number): DeliveryRow {
  const instant = (name: string) => instantOrNull(valueAt(numbersOf(part, name), row));
  return {
    rowId: valueAt(numbersOf(part, 'rowId'), row),
    at: valueAt(numbersOf(part, 'at'), row),
    campaignId: textOf(textsOf(part, 'campaignId'), row),
    state: toState(textOf(textsOf(part, 'state'), row)),
    reason: textOf(textsOf(part, 'reason'), row),
    sentAt: instant('sentAt'),
    openedAt: instant('openedAt'),
    clickedAt: instant('clickedAt'),
  };
}

/** Visible rows of one campaign's deliveries. */
export function* rowsOfCampaign(
  parts: readonly TablePart[],
  campaignId: string,
): Generator<{ part: TablePart; row: number }> {
  for (const part of parts) {
    const { codes } = textsOf(part, 'campaignId');
    const wanted = codeOf(textsOf(part, 'campaignId'), campaignId);
    if (wanted === 0) continue;
    for (let row = 0; row < part.rows; row++) if (codes[row] === wanted && counts(part, row)) yield { part, row };
  }
}

export type Recipient = DeliveryRow & { contactId: number };

/** A campaign's recipients that pass a filter, in the order their deliveries were made. */
export function recipientsOf(parts: readonly TablePart[], campaignId: string, filter: RecipientFilter): Recipient[] {
  const found: Recipient[] = [];
  for (const { part, row } of rowsOfCampaign(parts, campaignId)) {
    const delivery = readDelivery(part, row);
    const passes =
      filter === 'all' ||
      (filter === 'opened'
        ? delivery.openedAt !== null
        : filter === 'clicked'
          ? delivery.clickedAt !== null
          : delivery.state === filter);
    if (passes) found.push({ ...delivery, contactId: valueAt(numbersOf(part, 'contactId'), row) });
  }
  return found.sort((a, b) => a.rowId - b.rowId);
}
