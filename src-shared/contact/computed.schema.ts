/**
 * What a computed field says of a contact: one figure, instant or text, worked out from its events, orders or order lines
 * whenever somebody asks. Nothing is stored, so nothing goes stale as windows move; see decision 0029.
 */
import { z } from 'zod';
import { MAX_PARAMETER_TESTS, parameterTestSchema } from '#shared/segment/parameter-test.schema.ts';

export const aggregates = ['count', 'sum', 'average', 'min', 'max', 'first', 'last', 'mostFrequent'] as const;
export type Aggregate = (typeof aggregates)[number];

/** Columns of orders and of their lines that can be looked at, by the table. */
export const orderValues = {
  order: { net: 'money', gross: 'money', returns: 'money', status: 'text' },
  orderLine: {
    category: 'text',
    name: 'text',
    externalItemId: 'text',
    amount: 'money',
    price: 'money',
    quantity: 'quantity',
  },
} as const;
const columns = [
  'net',
  'gross',
  'returns',
  'status',
  'category',
  'name',
  'externalItemId',
  'amount',
  'price',
  'quantity',
] as const;
export type OrderValue = (typeof columns)[number];

/** Of which orders: those of these statuses; with none, orders as reports count them. */
const statuses = z.array(z.string().trim().min(1).max(60)).max(20, 'At most 20 statuses').default([]);

export const computedSourceSchema = z.discriminatedUnion(
  'table',
  [
    z.object({
      table: z.literal('event'),
      eventType: z.string().min(1, 'Choose an event').max(200, 'An event key has at most 200 characters'),
      /** Only events that pass all of these count. */
      where: z
        .array(parameterTestSchema)
        .max(MAX_PARAMETER_TESTS, `At most ${MAX_PARAMETER_TESTS} conditions on one event`)
        .default([]),
    }),
    z.object({ table: z.literal('order'), statuses }),
    z.object({ table: z.literal('orderLine'), statuses }),
  ],
  { error: 'Choose what to look at' },
);

/** What of a row is looked at. A parameter says its kind: one whose switch says another kind has no value. */
export const computedValueSchema = z.discriminatedUnion(
  'of',
  [
    z.object({ of: z.literal('time') }),
    z.object({
      of: z.literal('parameter'),
      param: z.string().min(1, 'Choose a parameter').max(100),
      kind: z.enum(['text', 'number']),
    }),
    z.object({ of: z.literal('column'), column: z.enum(columns, 'Choose a value') }),
  ],
  { error: 'Choose a value' },
);
export type ComputedSource = z.infer<typeof computedSourceSchema>;
export type ComputedValue = z.infer<typeof computedValueSchema>;
export type ValueKind = 'time' | 'text' | 'number' | 'money' | 'quantity';

/** What kind a value is; null where the source has no such value. */
export function valueKind(source: Pick<ComputedSource, 'table'>, value: ComputedValue): ValueKind | null {
  if (value.of === 'time') return 'time';
  if (value.of === 'parameter') return source.table === 'event' ? value.kind : null;
  if (source.table === 'event') return null;
  const kinds: Readonly<Record<string, ValueKind>> = orderValues[source.table];
  return kinds[value.column] ?? null;
}

/** What can be made of values of a kind. */
export function aggregatesOf(kind: ValueKind): readonly Aggregate[] {
  if (kind === 'time') return ['first', 'last'];
  if (kind === 'text') return ['mostFrequent', 'first', 'last'];
  return ['sum', 'average', 'min', 'max', 'first', 'last'];
}

export const computedSchema = z
  .object({
    source: computedSourceSchema,
    aggregate: z.enum(aggregates, 'Choose what to work out'),
    /** Null: rows are counted. */
    value: computedValueSchema.nullable(),
    /** Only what happened in the last so many times 24 hours; null = at any time. */
    days: z
      .int('Enter a whole number of days')
      .min(1, 'Enter at least 1 day')
      .max(3650, 'Enter at most 3650 days')
      .nullable(),
  })
  .superRefine(({ source, aggregate, value }, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (aggregate === 'count') {
      if (value !== null) problem('value', 'A number of times has no value');
      return;
    }
    if (value === null) return problem('value', 'Choose a value');
    const kind = valueKind(source, value);
    if (kind === null) problem('value', 'This is no value of what is looked at');
    else if (!aggregatesOf(kind).includes(aggregate)) problem('aggregate', 'This cannot be made of such values');
  });
export type Computed = z.infer<typeof computedSchema>;

type ResultType = 'integer' | 'decimal' | 'dateTime' | 'text';

/** The type a computed field has: it follows from what is worked out. */
export function computedType({ source, aggregate, value }: Computed): ResultType {
  if (aggregate === 'count' || value === null) return 'integer';
  const kind = valueKind(source, value);
  if (kind === 'time') return 'dateTime';
  return kind === 'text' ? 'text' : 'decimal';
}

/** Whether its values are amounts in the workspace's currency. */
export function isMoney({ source, value }: Pick<Computed, 'source' | 'value'>): boolean {
  return value !== null && valueKind(source, value) === 'money';
}

/** Whoever has nothing to show has 0; of everything else they have no value. */
export const isZeroBased = ({ aggregate }: Pick<Computed, 'aggregate'>): boolean =>
  aggregate === 'count' || aggregate === 'sum';
