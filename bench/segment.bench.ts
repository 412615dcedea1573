/** Segments on the server, against hand-written SQL, and in the app, against a naive scan of the same columns. */

import { compileRule } from '#server/segments/compile.ts';
import type { Database } from '#server/storage/database.ts';
import type { ColumnView } from '#shared/columns/view.ts';
import { countMembers, evaluateRule } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Bench } from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './support/bench-database.ts';
import { naiveMembers } from './support/naive-evaluate.ts';
import { type BenchRule, benchContext, benchRules } from './support/rules.ts';
import { makeShop, type ShopData } from './support/shop-data.ts';
import { loadShop } from './support/shop-load.ts';
import { viewOf } from './support/shop-view.ts';

/** Repeats of each statement or evaluation inside one measurement, of which the median counts. */
const REPEATS = 5;
const SERVER_TARGET = 1.2;
const APP_TARGET_MS = 30;
const APP_FIRST_TARGET_MS = 100;

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function timed<T>(work: () => T): { answer: T; ms: number } {
  const started = performance.now();
  const answer = work();
  return { answer, ms: performance.now() - started };
}

async function countBy(db: Database, text: string, values: unknown[]): Promise<{ members: number; ms: number }> {
  const started = performance.now();
  const [row] = await db.query<{ count: number }>(`select count(*) as count from (${text}) members`, values);
  return { members: row?.count ?? 0, ms: performance.now() - started };
}

/** How many times the hand-written statement's time the compiled one takes. They take turns, so that both meet the same noise. */
async function ratioOf(db: Database, { name, rule, sql }: BenchRule): Promise<number> {
  const { text, values } = compileRule(rule, benchContext);
  const own: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round <= REPEATS; round++) {
    const mine = await countBy(db, text, values);
    const theirs = await countBy(db, sql, []);
    if (mine.members !== theirs.members) {
      throw new Error(`"${name}" finds ${mine.members} contacts, its reference ${theirs.members}`);
    }
    // The first round only warms up.
    if (round === 0) continue;
    own.push(mine.ms);
    reference.push(theirs.ms);
  }
  return middle(own) / middle(reference);
}

let database: BenchDatabase | null = null;
const server: Bench = {
  name: 'segment.server',
  times: 3,
  async prepare() {
    database = await startBenchDatabase();
    await loadShop(
      database.db,
      makeShop({ contacts: 100_000, events: 2_000_000, orders: 200_000, deliveries: 300_000 }),
    );
  },
  async run() {
    if (!database) throw new Error('segment.server was not prepared');
    let worst = { name: '', ratio: 0 };
    for (const rule of benchRules) {
      const ratio = await ratioOf(database.db, rule);
      if (ratio > worst.ratio) worst = { name: rule.name, ratio };
    }
    return {
      value: worst.ratio,
      unit: `× hand-written SQL, worst of ${benchRules.length} rules ("${worst.name}")`,
      reference: 1,
      target: SERVER_TARGET,
      ok: worst.ratio <= SERVER_TARGET,
    };
  },
  async finish() {
    await database?.stop();
    database = null;
  },
};

type AppTiming = { name: string; ms: number; firstMs: number; naiveMs: number };

function appTiming(view: ColumnView, { name, rule }: BenchRule): AppTiming {
  const resolve = () => resolveRule(rule, benchContext);
  const first = timed(() => countMembers(evaluateRule(resolve(), view)));
  const own = Array.from({ length: REPEATS }, () => timed(() => evaluateRule(resolve(), view)).ms);
  const naive = timed(() => naiveMembers(resolve(), view));
  if (first.answer !== naive.answer) {
    throw new Error(`"${name}" finds ${first.answer} contacts, the naive scan ${naive.answer}`);
  }
  return { name, ms: middle(own), firstMs: first.ms, naiveMs: naive.ms };
}

let shop: ShopData | null = null;
const app: Bench = {
  name: 'segment.app',
  times: 3,
  async prepare() {
    shop = makeShop({ contacts: 100_000, events: 5_000_000, orders: 500_000, deliveries: 1_000_000 });
  },
  async run() {
    if (!shop) throw new Error('segment.app was not prepared');
    // Fresh columns each time: a first run finds nothing that an earlier one kept.
    const view = viewOf(shop);
    globalThis.gc?.();
    const timings = benchRules.map((rule) => appTiming(view, rule));
    const worst = timings.reduce((most, timing) => (timing.ms > most.ms ? timing : most));
    const firstMs = Math.max(...timings.map((timing) => timing.firstMs));
    return {
      value: worst.ms,
      unit: `ms, worst of ${timings.length} rules ("${worst.name}"); worst first run ${firstMs.toFixed(0)} ms (target ${APP_FIRST_TARGET_MS})`,
      reference: worst.naiveMs,
      target: APP_TARGET_MS,
      ok: worst.ms <= APP_TARGET_MS && firstMs <= APP_FIRST_TARGET_MS,
    };
  },
  async finish() {
    shop = null;
  },
};

export const benches: Bench[] = [server, app];
