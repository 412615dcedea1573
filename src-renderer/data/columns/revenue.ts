import type { RevenueSeries } from '#renderer/data/data-api.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { formatMoney } from '#shared/kernel/money.ts';
import { type Period, periods } from '#shared/kernel/time.ts';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';
import { codeOf, counts, numbersOf, textsOf, valueAt } from './access.ts';

export type RevenueQuestion = {
  by: 'day' | 'month';
  from: number | null;
  to: number | null;
  zone: string;
  currency: string;
};

class Sum {
  gross = 0;
  returns = 0;
  orders = 0;
  readonly customers = new Set<number>();

  add(gross: number, returns: number, isOrder: boolean, customer: number): void {
    this.gross += gross;
    this.returns += returns;
    if (!isOrder) return;
    this.orders++;
    if (customer > 0) this.customers.add(customer);
  }

  figures(): RevenueFigures {
    return {
      gross: formatMoney(this.gross),
      returns: formatMoney(this.returns),
      net: formatMoney(this.gross - this.returns),
      orders: this.orders,
      customers: this.customers.size,
    };
  }
}

/**
 * Revenue by period, with the numbers of the server's report: `known` are orders of known contacts, and orders and customers
 * count those with at least one gross line. Nobody known counts as no customer.
 */
export function revenueSeries(parts: readonly TablePart[], question: RevenueQuestion): Omit<RevenueSeries, 'asOf'> {
  const { by, zone, currency } = question;
  const reach = reachOf(parts, currency);
  const from = question.from ?? reach?.from ?? 0;
  const to = question.to ?? (reach ? reach.to + 1 : from);
  const table = periods(zone, by, from, to);
  const sums = table.map(() => ({ known: new Sum(), all: new Sum() }));
  const total = { known: new Sum(), all: new Sum() };
  for (const part of parts) {
    if (part.minAt === null || part.maxAt === null || part.minAt >= to || part.maxAt < from) continue;
    const at = numbersOf(part, 'at');
    const contact = numbersOf(part, 'contactId');
    const gross = numbersOf(part, 'gross');
    const returns = numbersOf(part, 'returns');
    const grossLines = numbersOf(part, 'grossLines');
    const currencies = textsOf(part, 'currency');
    const wanted = codeOf(currencies, currency);
    if (wanted === 0) continue;
    let period = 0;
    for (let row = 0; row < part.rows; row++) {
      const time = valueAt(at, row);
      if (currencies.codes[row] !== wanted || !(time >= from && time < to) || !counts(part, row)) continue;
      period = periodAt(table, time, period);
      const sum = sums[period];
      if (!sum) continue;
      const customer = valueAt(contact, row);
      const isOrder = valueAt(grossLines, row) > 0;
      const amounts = [valueAt(gross, row), valueAt(returns, row)] as const;
      for (const { known, all } of [sum, total]) {
        if (customer > 0) known.add(...amounts, isOrder, customer);
        all.add(...amounts, isOrder, customer);
      }
    }
  }
  return {
    currency,
    known: total.known.figures(),
    all: total.all.figures(),
    rows: table.map(({ period, from: start }, at) => ({
      period,
      from: start,
      known: (sums[at]?.known ?? new Sum()).figures(),
      all: (sums[at]?.all ?? new Sum()).figures(),
    })),
  };
}

/** First and last instant of any order of the currency. */
function reachOf(parts: readonly TablePart[], currency: string): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const at = numbersOf(part, 'at');
    const currencies = textsOf(part, 'currency');
    const wanted = codeOf(currencies, currency);
    if (wanted === 0) continue;
    for (let row = 0; row < part.rows; row++) {
      if (currencies.codes[row] !== wanted || !counts(part, row)) continue;
      const time = valueAt(at, row);
      if (time < from) from = time;
      if (time > to) to = time;
    }
  }
  return from <= to ? { from, to } : null;
}

/** Index of the period that holds an instant. Rows come in time order, so the last one is tried first. */
function periodAt(table: readonly Period[], at: number, guess: number): number {
  const near = table[guess];
  if (near && at >= near.from && at < near.to) return guess;
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
