/** A computed field in one sentence. */
import { parameterWords } from '#shared/segment/parameter-words.ts';
import type { Aggregate, Computed, ComputedSource, ComputedValue, OrderValue } from './computed.schema.ts';

export type ComputedWriter = {
  count: (value: number) => string;
  /** A kind of event as people read it; by its key where the caller has no words. */
  event?: (key: string) => string;
  /** The status of an order as people read it. */
  status?: (status: string) => string;
};

/** What is made of the values: "the sum" of something. */
export const aggregateWords: Readonly<Record<Aggregate, string>> = {
  count: 'Number',
  sum: 'Sum',
  average: 'Average',
  min: 'Smallest',
  max: 'Largest',
  first: 'First',
  last: 'Last',
  mostFrequent: 'Most frequent',
};

export const orderValueWords: Readonly<Record<OrderValue, string>> = {
  net: 'revenue',
  gross: 'amount',
  returns: 'returned amount',
  status: 'status',
  category: 'category',
  name: 'item name',
  externalItemId: 'item ID',
  amount: 'amount',
  price: 'price',
  quantity: 'quantity',
};

/** What of a row is looked at. */
export function valueWords(value: ComputedValue): string {
  if (value.of === 'time') return 'time';
  return value.of === 'column' ? orderValueWords[value.column] : value.param;
}

const rowWords = {
  order: { one: 'order', many: 'orders' },
  orderLine: { one: 'item bought', many: 'items bought' },
} as const;

function sourceWords(source: ComputedSource, writer: ComputedWriter, number: 'one' | 'many'): string {
  if (source.table === 'event') {
    const event = source.eventType === '' ? '…' : (writer.event?.(source.eventType) ?? source.eventType);
    return `“${event}” event${number === 'one' ? '' : 's'}${parameterWords(source.where, writer)}`;
  }
  const rows = rowWords[source.table][number];
  if (source.statuses.length === 0) return rows;
  const names = source.statuses.map((status) => writer.status?.(status) ?? status);
  return `${rows}${source.table === 'orderLine' ? ' in orders' : ''} with status ${names.join(' or ')}`;
}

/** "Sum of revenue of orders in the last 90 days". */
export function computedWords({ source, aggregate, value, days }: Computed, writer: ComputedWriter): string {
  const during = days === null ? '' : days === 1 ? ' in the last 24 hours' : ` in the last ${writer.count(days)} days`;
  if (value?.of === 'time') {
    return `Time of the ${aggregateWords[aggregate].toLowerCase()} ${sourceWords(source, writer, 'one')}${during}`;
  }
  const rows = sourceWords(source, writer, 'many');
  if (value === null) return `${aggregateWords.count} of ${rows}${during}`;
  const what = `${aggregateWords[aggregate]} ${aggregate === 'sum' ? 'of ' : ''}${valueWords(value)}`;
  return `${what} of ${rows}${during}`;
}
