/** POST /v1/orders: from its body to rows of the log. */
import { type FieldProblem, normaliseLeniently } from '#shared/contact/normalise.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import { parseMoney, parseQuantity } from '#shared/kernel/money.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { orderInput, ordersInput, parseOrderStatus } from '#shared/order/order-input.schema.ts';
import { type IntakePayload, type IntakeRow, intakeRow } from './intake-row.ts';
import { type BodyProblem, type Failure, parseBody, parsePart } from './parse-body.ts';

type OrderBody = Extract<IntakePayload, { kind: 'order' }>['body'];

/** Tills number their orders by themselves: an id is unique within its store. */
function orderIdOf(externalOrderId: string, storeId: unknown): string {
  const store = typeof storeId === 'string' || typeof storeId === 'number' ? String(storeId).trim() : '';
  return storableText(store === '' ? externalOrderId : `${store}/${externalOrderId}`);
}

type ParsedOrder = { order: OrderBody; ignored: FieldProblem[] };

function parseOrder(body: unknown, zone: string, region: string | null): Result<ParsedOrder, BodyProblem> {
  const parsed = parsePart(orderInput, body);
  if (!parsed.ok) return parsed;
  const {
    externalOrderId,
    externalCustomerId,
    date,
    status: statusText,
    currency,
    email,
    phone,
    firstName,
    lastName,
    items,
    ...extra
  } = parsed.value;
  const at = parseIsoInstant(date, zone);
  if (at === null) return err({ field: 'date', message: 'date is not an ISO date such as 2017-05-14T10:11:10+03:00' });
  const status = parseOrderStatus(statusText);
  if (status === null)
    return err({
      field: 'status',
      message: 'status is not one of INITIALIZED, IN_PROGRESS, DELIVERED, CANCELLED, ABANDONED_SHOPPING_CART',
    });
  if (items.length === 0) return err({ field: 'items', message: 'items: give at least one' });
  const lines: OrderBody['lines'] = [];
  for (const [index, item] of items.entries()) {
    const { externalItemId, name, category, quantity: quantityText, cost, ...more } = item;
    const quantity = parseQuantity(quantityText);
    if (quantity === null) return err({ field: `items[${index}].quantity`, message: 'quantity is not a number' });
    const price = parseMoney(cost);
    if (price === null) return err({ field: `items[${index}].cost`, message: 'cost is not a number' });
    if (Math.abs(quantity * price) / 1000 > Number.MAX_SAFE_INTEGER) {
      return err({ field: `items[${index}].cost`, message: 'quantity × cost is too large' });
    }
    lines.push({
      item: storableText(externalItemId),
      name: storableText(name ?? '').trim(),
      category: category ? storableText(category) : null,
      quantity,
      price,
      extra: Object.keys(more).length > 0 ? more : null,
    });
  }
  const customer = {
    externalCustomerId: externalCustomerId ?? undefined,
    email: email ?? undefined,
    phone: phone ?? undefined,
  };
  const names = { firstName: firstName ?? undefined, lastName: lastName ?? undefined };
  const ignored: FieldProblem[] = [];
  const values = normaliseLeniently({ ...customer, ...names }, region, (problem) => ignored.push(problem));
  const id = orderIdOf(externalOrderId, extra.storeId);
  return ok({ order: { values, externalOrderId: id, at, status, currency: currency ?? null, extra, lines }, ignored });
}

/** Where in the request it was, and which order it is about. */
type OfOrder = { index: number; externalOrderId: string | null };
export type ParsedOrders = {
  rows: IntakeRow[];
  failed: (Failure & OfOrder)[];
  /** Values of orders that cannot be stored: the order is taken without them. */
  ignored: (FieldProblem & OfOrder)[];
};

function ofOrder(order: unknown, index: number): OfOrder {
  const isNamed = typeof order === 'object' && order !== null && 'externalOrderId' in order;
  return { index, externalOrderId: isNamed ? String(order.externalOrderId) : null };
}

/** One row per order that can be taken, and why the others cannot. `region`: see MUSTER_DEFAULT_REGION. */
export function parseOrders(
  body: unknown,
  { zone, region, session }: { zone: string; region: string | null; session: string },
): ParsedOrders {
  const parsed: ParsedOrders = { rows: [], failed: [], ignored: [] };
  for (const [index, one] of parseBody(ordersInput, body).orders.entries()) {
    const result = parseOrder(one, zone, region);
    const about = ofOrder(one, index);
    if (result.ok) {
      const { order, ignored } = result.value;
      parsed.rows.push(intakeRow({ kind: 'order', body: { ...order, session: { id: session, item: index } } }));
      for (const problem of ignored) parsed.ignored.push({ ...about, ...problem });
    } else {
      const { field, message } = result.error;
      parsed.failed.push({ ...about, code: 'invalid_input', field: field || null, message });
    }
  }
  return parsed;
}
