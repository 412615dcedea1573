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

/** Who bought in which period, as they are found. */
class Purchases {
  #period = new Uint32Array(1_024);
  #contact = new Uint32Array(1_024);
  #size = 0;

  add(period: number, contact: number): void {
    if (this.#size === this.#period.length) {
      this.#period = grown(this.#period);
      this.#contact = grown(this.#contact);
    }
    this.#period[this.#size] = period;
    this.#contact[this.#size++] = contact;
  }

  /** How many different contacts bought in each period, and in all. Linear: purchases are laid out period by period first. */
  distinct(periodCount: number): { byPeriod: Uint32Array; total: number } {
    const starts = new Uint32Array(periodCount + 1);
    for (let at = 0; at < this.#size; at++) {
      const slot = (this.#period[at] ?? 0) + 1;
      starts[slot] = (starts[slot] ?? 0) + 1;
    }
    for (let slot = 1; slot <= periodCount; slot++) starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
    const next = starts.slice();
    const contacts = new Uint32Array(this.#size);
    let highest = 0;
    for (let at = 0; at < this.#size; at++) {
      const period = this.#period[at] ?? 0;
      const contact = this.#contact[at] ?? 0;
      const place = next[period] ?? 0;
      contacts[place] = contact;
      next[period] = place + 1;
      if (contact > highest) highest = contact;
    }
    // The period a contact was last counted in, plus one.
    const counted = new Uint32Array(highest + 1);
    const byPeriod = new Uint32Array(periodCount);
    let total = 0;
    for (let period = 0; period < periodCount; period++) {
      const end = starts[period + 1] ?? 0;
      for (let at = starts[period] ?? 0; at < end; at++) {
        const contact = contacts[at] ?? 0;
        const before = counted[contact];
        if (before === period + 1) continue;
        if (before === 0) total++;
        counted[contact] = period + 1;
        byPeriod[period] = (byPeriod[period] ?? 0) + 1;
      }
    }
    return { byPeriod, total };
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/**
 * Revenue by period, with the numbers of the server's report: `known` are orders of known contacts, and orders and customers
 * count those with at least one gross line. Nobody known counts as no customer, so both have the same customers.
 */
export function revenueSeries(parts: readonly TablePart[], question: RevenueQuestion): Omit<RevenueSeries, 'asOf'> {
  const { by, zone, currency } = question;
  const reach = reachOf(parts, currency);
  const from = question.from ?? reach?.from ?? 0;
  const to = question.to ?? (reach ? reach.to + 1 : from);
  const table = periods(zone, by, from, to);
  const known = new Sums(table.length);
  const all = new Sums(table.length);
  const purchases = new Purchases();
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
      const customer = valueAt(contact, row);
      const isOrder = valueAt(grossLines, row) > 0;
      const [plus, minus] = [valueAt(gross, row), valueAt(returns, row)];
      all.add(period, plus, minus, isOrder);
      if (!(customer > 0)) continue;
      known.add(period, plus, minus, isOrder);
      if (isOrder) purchases.add(period, customer);
    }
  }
  const customers = purchases.distinct(table.length);
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
