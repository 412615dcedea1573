/** Computed fields in the app, each against a naive pass over the same columns. */
import type { ColumnView } from '#shared/columns/view.ts';
import type { Computed } from '#shared/contact/computed.schema.ts';
import { finish } from '#shared/kernel/steps.ts';
import { computedColumn } from '#shared/segment/evaluate-computed.ts';
import { resolveComputed } from '#shared/segment/resolve-computed.ts';
import type { Bench } from './bench.ts';
import { naiveComputed } from './support/naive-computed.ts';
import { benchContext } from './support/rules.ts';
import { makeShop, type ShopData } from './support/shop-data.ts';
import { viewOf } from './support/shop-view.ts';

/** Repeats of each field inside one measurement, of which the median counts. */
const REPEATS = 5;

const orders = { table: 'order', statuses: [] } as const satisfies Computed['source'];
const events = (eventType: string): Computed['source'] => ({ table: 'event', eventType, where: [] });

/** Those that cost most of each kind: the most frequent type of event, no window. */
const fields: readonly { name: string; computed: Computed }[] = [
  {
    name: 'lifetime value',
    computed: {
      source: { ...orders, statuses: [] },
      aggregate: 'sum',
      value: { of: 'column', column: 'net' },
      days: null,
    },
  },
  {
    name: 'orders in 90 days',
    computed: { source: { ...orders, statuses: [] }, aggregate: 'count', value: null, days: 90 },
  },
  { name: 'opens', computed: { source: events('open'), aggregate: 'count', value: null, days: null } },
  { name: 'last open', computed: { source: events('open'), aggregate: 'last', value: { of: 'time' }, days: null } },
  {
    name: 'preferred brand',
    computed: {
      source: events('open'),
      aggregate: 'mostFrequent',
      value: { of: 'parameter', param: 'brand', kind: 'text' },
      days: null,
    },
  },
];

const context = {
  ...benchContext,
  parameters: new Map([['open', new Map([['brand', { key: 'brand', kind: 'text' as const, slot: 0 }]])]]),
};

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function timed<T>(work: () => T): { answer: T; ms: number } {
  const started = performance.now();
  const answer = work();
  return { answer, ms: performance.now() - started };
}

function timing(view: ColumnView, { name, computed }: (typeof fields)[number]) {
  const resolved = resolveComputed(computed, context);
  const first = timed(() => finish(computedColumn(resolved, view)));
  const own = Array.from({ length: REPEATS }, () => timed(() => finish(computedColumn(resolved, view))).ms);
  const naive = timed(() => naiveComputed(resolved, view));
  const column = first.answer;
  for (const [id, expected] of naive.answer) {
    const found = column.type === 'number' ? column.data[id] : column.value(column.codes[id] ?? 0);
    if (found !== expected) throw new Error(`"${name}" of contact ${id} is ${found}, by the naive pass ${expected}`);
  }
  return { name, ms: middle(own), firstMs: first.ms, naiveMs: naive.ms };
}

type Kind = { name: string; target: number; fields: readonly (typeof fields)[number][] };

/** Texts are counted by contact and value: an order of magnitude more work than a figure. */
const figures: Kind = { name: 'computed.app', target: 50, fields: fields.slice(0, -1) };
const texts: Kind = { name: 'computed.app.text', target: 250, fields: fields.slice(-1) };

function benchOf({ name, target, fields: measured }: Kind): Bench {
  let shop: ShopData | null = null;
  return {
    name,
    times: 3,
    async prepare() {
      shop = makeShop({ contacts: 100_000, events: 5_000_000, orders: 500_000, deliveries: 1_000 });
    },
    async run() {
      if (!shop) throw new Error(`${name} was not prepared`);
      const view = viewOf(shop, { brands: true });
      globalThis.gc?.();
      const timings = measured.map((field) => timing(view, field));
      const worst = timings.reduce((most, one) => (one.ms > most.ms ? one : most));
      const all = timings.map((one) => `${one.name} ${one.ms.toFixed(0)}/${one.firstMs.toFixed(0)}`).join(', ');
      return {
        value: worst.ms,
        unit: `ms a column, the slowest of: ${all} (median/first)`,
        reference: worst.naiveMs,
        target,
        ok: worst.ms <= target,
      };
    },
    async finish() {
      shop = null;
    },
  };
}

export const benches: Bench[] = [benchOf(figures), benchOf(texts)];
