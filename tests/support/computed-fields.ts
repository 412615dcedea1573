/** Arbitrary computed fields over the data of ./segment-data.ts: every source, value, aggregate and window. */
import fc from 'fast-check';
import {
  type Aggregate,
  aggregatesOf,
  type Computed,
  type ComputedValue,
  computedSchema,
  type OrderValue,
  valueKind,
} from '#shared/contact/computed.schema.ts';
import { must } from '#shared/kernel/assert.ts';
import { dayCounts, eventTypes, statuses } from './segment-data.ts';
import { parameterTest } from './segment-rules.ts';

type Value = ComputedValue;
const time: Value = { of: 'time' };
const days = fc.option(fc.constantFrom(...dayCounts, 400));
const wanted = fc.uniqueArray(fc.constantFrom(...statuses, 'never'), { maxLength: 2 });

const events = fc.record({
  source: fc.record({
    table: fc.constant('event' as const),
    eventType: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('purchase', 'open') }, fc.constantFrom(...eventTypes)),
    where: fc.array(parameterTest, { maxLength: 1 }),
  }),
  value: fc.constantFrom<Value>(
    time,
    { of: 'parameter', param: 'brand', kind: 'text' },
    { of: 'parameter', param: 'price', kind: 'number' },
    { of: 'parameter', param: 'price', kind: 'text' },
    { of: 'parameter', param: 'nothing', kind: 'text' },
  ),
});
const ofTable = (table: 'order' | 'orderLine', columns: readonly OrderValue[]) =>
  fc.record({
    source: fc.record({ table: fc.constant(table), statuses: wanted }),
    value: fc.constantFrom<Value>(time, ...columns.map((column) => ({ of: 'column', column }) as const)),
  });
const orders = ofTable('order', ['net', 'gross', 'returns', 'status']);
const lines = ofTable('orderLine', ['category', 'name', 'externalItemId', 'amount', 'price', 'quantity']);

/** Valid ones only: what the schema refuses would never reach an engine. */
export const arbitraryComputed: fc.Arbitrary<Computed> = fc
  .tuple(fc.oneof(events, orders, lines), days, fc.nat(100))
  .map(([{ source, value }, window, at]) => {
    const kind = must(valueKind(source, value), 'a value of its source');
    const possible: readonly Aggregate[] = ['count', ...aggregatesOf(kind)];
    const aggregate = possible[at % possible.length];
    return computedSchema.parse({ source, aggregate, value: aggregate === 'count' ? null : value, days: window });
  });
