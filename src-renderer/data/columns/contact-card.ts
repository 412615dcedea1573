import type { DeliveryRow, OrderRow } from '#renderer/data/data-api.ts';
import type { TailRow } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { counts, numbersOf, textOf, textsOf, valueAt } from './access.ts';
import { readDelivery } from './deliveries.ts';

/** Calls back for each visible row whose `column` holds `wanted`. */
function eachRow(
  parts: readonly TablePart[],
  column: string,
  wanted: number,
  take: (part: TablePart, row: number) => void,
): void {
  for (const part of parts) {
    const numbers = numbersOf(part, column);
    const raw = wanted - numbers.base;
    for (let row = 0; row < part.rows; row++) if (numbers.data[row] === raw && counts(part, row)) take(part, row);
  }
}

/** A contact's orders, newest first, without their lines. */
export function ordersOf(parts: readonly TablePart[], contactId: number): OrderRow[] {
  const found: OrderRow[] = [];
  eachRow(parts, 'contactId', contactId, (part, row) => {
    found.push({
      rowId: valueAt(numbersOf(part, 'rowId'), row),
      externalOrderId: textOf(textsOf(part, 'externalOrderId'), row) ?? '',
      at: valueAt(numbersOf(part, 'at'), row),
      status: textOf(textsOf(part, 'status'), row) ?? '',
      currency: textOf(textsOf(part, 'currency'), row) ?? '',
      gross: valueAt(numbersOf(part, 'gross'), row),
      returns: valueAt(numbersOf(part, 'returns'), row),
      lines: [],
    });
  });
  return found.sort((a, b) => b.at - a.at || b.rowId - a.rowId);
}

/** Fills in the lines of some orders, in their order on the invoice. */
export function addLines(parts: readonly TablePart[], orders: readonly OrderRow[]): void {
  const byId = new Map(orders.map((order) => [order.rowId, order]));
  const lineNo = new Map<OrderRow['lines'][number], number>();
  for (const part of parts) {
    const owner = numbersOf(part, 'orderRowId');
    for (let row = 0; row < part.rows; row++) {
      const order = byId.get((owner.data[row] ?? 0) + owner.base);
      if (!order || !counts(part, row)) continue;
      const line = {
        externalItemId: textOf(textsOf(part, 'externalItemId'), row) ?? '',
        name: textOf(textsOf(part, 'name'), row) ?? '',
        quantity: valueAt(numbersOf(part, 'quantity'), row),
        price: valueAt(numbersOf(part, 'price'), row),
        amount: valueAt(numbersOf(part, 'amount'), row),
      };
      lineNo.set(line, valueAt(numbersOf(part, 'lineNo'), row));
      order.lines.push(line);
    }
  }
  for (const order of orders) order.lines.sort((a, b) => (lineNo.get(a) ?? 0) - (lineNo.get(b) ?? 0));
}

/** What was sent to a contact, newest first. */
export function deliveriesOf(parts: readonly TablePart[], contactId: number): DeliveryRow[] {
  const found: DeliveryRow[] = [];
  eachRow(parts, 'contactId', contactId, (part, row) => found.push(readDelivery(part, row)));
  return found.sort((a, b) => b.at - a.at || b.rowId - a.rowId);
}

export type EventRow = { rowId: number; at: number; type: string };

const newestFirst = (a: EventRow, b: EventRow): number => b.at - a.at || b.rowId - a.rowId;

/** The newest events as the server told them, and what the tail has brought since; events it names went to somebody, or away. */
export function newestEventsOf(
  told: readonly EventRow[],
  tail: { changed: ReadonlySet<number>; rows: Iterable<TailRow> },
  contactId: number,
): EventRow[] {
  const found = told
    .filter(({ rowId }) => !tail.changed.has(rowId))
    .map(({ rowId, at, type }) => ({ rowId, at, type }));
  for (const { key, cells } of tail.rows) {
    if (cells.contactId !== contactId) continue;
    found.push({ rowId: key, at: Number(cells.at), type: String(cells.type) });
  }
  return found.sort(newestFirst);
}

/** What a contact did, newest first. */
export function eventsOf(parts: readonly TablePart[], contactId: number): EventRow[] {
  const found: EventRow[] = [];
  eachRow(parts, 'contactId', contactId, (part, row) => {
    found.push({
      rowId: valueAt(numbersOf(part, 'rowId'), row),
      at: valueAt(numbersOf(part, 'at'), row),
      type: textOf(textsOf(part, 'type'), row) ?? '',
    });
  });
  return found.sort(newestFirst);
}
