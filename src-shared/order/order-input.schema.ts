import { z } from 'zod';

export const orderStatuses = [
  'INITIALIZED',
  'IN_PROGRESS',
  'DELIVERED',
  'CANCELLED',
  'ABANDONED_SHOPPING_CART',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** The status of a text as shops write it ("Delivered", "in progress"); null when it is none. */
export function parseOrderStatus(text: string): OrderStatus | null {
  const wanted = text
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return orderStatuses.find((status) => status === (wanted === 'CANCELED' ? 'CANCELLED' : wanted)) ?? null;
}

/** A cancelled invoice of a shop's export ("C536379"): all its lines are returns. */
export const isCreditInvoice = (externalOrderId: string): boolean => /^C\d/.test(externalOrderId);

/** Amounts arrive as JSON numbers or decimal texts; both become the decimal text that is parsed. */
const decimal = z.union([z.string(), z.number().transform(String)]);
const id = z
  .union([z.string(), z.number().transform(String)])
  .transform((text) => text.trim())
  .pipe(z.string().min(1, 'is required').max(200, 'is longer than 200 characters'));
const text = z.union([z.string(), z.number().transform(String)]).nullish();

export const orderItemInput = z.looseObject({
  externalItemId: id,
  name: z.string().nullish(),
  category: z.string().nullish(),
  quantity: decimal,
  cost: decimal,
});

/** An order of POST /v1/orders. Members without a column of their own are kept as they came. */
export const orderInput = z.looseObject({
  externalOrderId: id,
  externalCustomerId: text,
  date: z.string('date is required'),
  status: z.string('status is required'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not a currency code of three capital letters')
    .nullish(),
  email: text,
  phone: text,
  firstName: text,
  lastName: text,
  items: z.array(orderItemInput, 'items is required').max(5000, 'At most 5000 items per order'),
});

export const ordersInput = z.object({
  orders: z.array(z.unknown()).min(1, 'Give at least one order').max(1000, 'At most 1000 orders per request'),
});
