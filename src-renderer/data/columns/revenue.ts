import type { RevenueSeries } from '#renderer/data/data-api.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { formatMoney } from '#shared/kernel/money.ts';
import { periods } from '#shared/kernel/time.ts';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';
import { codeOf, numbersOf, textsOf, valueAt } from './access.ts';
import { eachInPeriods, type PickRows, reachOf, WhoByPeriod } from './by-period.ts';

export type RevenueQuestion = {
  by: 'day' | 'month';
  from: number | null;
  to: number | null;
  zone: string;
  currency: string;
};

/** Sums by period, for known contacts or for all. */
class Sums {
  readonly gross: Float64Array;
  readonly returns: Float64Array;
  readonly orders: Uint32Array;

  constructor(size: number) {
    this.gross = new Float64Array(size);
    this.returns = new Float64Array(size);
    this.orders = new Uint32Array(size);
  }

  add(period: number, gross: number, returns: number, isOrder: boolean): void {
    this.gross[period] = (this.gross[period] ?? 0) + gross;
    this.returns[period] = (this.returns[period] ?? 0) + returns;
    if (isOrder) this.orders[period] = (this.orders[period] ?? 0) + 1;
  }

  figures(period: number, customers: number): RevenueFigures {
    return figuresOf(this.gross[period] ?? 0, this.returns[period] ?? 0, this.orders[period] ?? 0, customers);
  }

  total(customers: number): RevenueFigures {
    return figuresOf(sumOf(this.gross), sumOf(this.returns), sumOf(this.orders), customers);
  }
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function figuresOf(gross: number, returns: number, orders: number, customers: number): RevenueFigures {
  return {
    gross: formatMoney(gross),
    returns: formatMoney(returns),
    net: formatMoney(gross - returns),
    orders,
    customers,
  };
}

/**
 * Revenue by period, with the numbers of the server's report: `known` are orders of known contacts, and orders and customers
 * count those with at least one gross line. Nobody known counts as no customer, so both have the same customers.
 */
export function revenueSeries(parts: readonly TablePart[], question: RevenueQuestion): Omit<RevenueSeries, 'asOf'> {
  const { by, zone, currency } = question;
  const pick: PickRows = (part) => {
    const column = textsOf(part, 'currency');
    const code = codeOf(column, currency);
    return code === 0 ? null : { codes: column.codes, code };
  };
  const reach = reachOf(parts, pick);
  const from = question.from ?? reach?.from ?? 0;
  const to = question.to ?? (reach ? reach.to + 1 : from);
  const table = periods(zone, by, from, to);
  const known = new Sums(table.length);
  const all = new Sums(table.length);
  const customersOf = new WhoByPeriod();
  eachInPeriods(parts, { periods: table, from, to }, pick, (part) => {
    const contact = numbersOf(part, 'contactId');
    const gross = numbersOf(part, 'gross');
    const returns = numbersOf(part, 'returns');
    const grossLines = numbersOf(part, 'grossLines');
    return (row, period) => {
      const customer = valueAt(contact, row);
      const isOrder = valueAt(grossLines, row) > 0;
      const [plus, minus] = [valueAt(gross, row), valueAt(returns, row)];
      all.add(period, plus, minus, isOrder);
      if (!(customer > 0)) return;
      known.add(period, plus, minus, isOrder);
      if (isOrder) customersOf.add(period, customer);
    };
  });
  const customers = customersOf.distinct(table.length);
  return {
    currency,
    known: known.total(customers.total),
    all: all.total(customers.total),
    rows: table.map(({ period, from: start }, index) => ({
      period,
      from: start,
      known: known.figures(index, customers.byPeriod[index] ?? 0),
      all: all.figures(index, customers.byPeriod[index] ?? 0),
    })),
  };
}
