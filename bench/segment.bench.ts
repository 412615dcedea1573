/** segment.server: each of the 8 rules against the SQL one would write by hand; the figure is the worst ratio of medians. */

import { compileRule } from '#server/segments/compile.ts';
import type { Database } from '#server/storage/database.ts';
import { withBenchDatabase } from './support/bench-database.ts';
import { type BenchRule, benchContext, benchRules } from './support/rules.ts';
import { makeShop } from './support/shop-data.ts';
import { loadShop } from './support/shop-load.ts';

const ROUNDS = 5;
const TARGET = 1.2;

export type RuleTiming = { name: string; members: number; ownMs: number; referenceMs: number; ratio: number };

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function timed(db: Database, text: string, values: unknown[]): Promise<{ members: number; ms: number }> {
  const started = performance.now();
  const [row] = await db.query<{ count: number }>(`select count(*) as count from (${text}) members`, values);
  return { members: row?.count ?? 0, ms: performance.now() - started };
}

/** Own statement and reference take turns, so that both meet the same noise. */
async function measure(db: Database, { name, rule, sql }: BenchRule): Promise<RuleTiming> {
  const { text, values } = compileRule(rule, benchContext);
  const own: number[] = [];
  const reference: number[] = [];
  let members = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const mine = await timed(db, text, values);
    const theirs = await timed(db, sql, []);
    if (mine.members !== theirs.members) {
      throw new Error(`"${name}" finds ${mine.members} contacts, its reference ${theirs.members}`);
    }
    members = mine.members;
    // The first round only warms up.
    if (round === 0) continue;
    own.push(mine.ms);
    reference.push(theirs.ms);
  }
  const ownMs = median(own);
  const referenceMs = median(reference);
  return { name, members, ownMs, referenceMs, ratio: ownMs / referenceMs };
}

export async function measureRules(): Promise<RuleTiming[]> {
  const shop = makeShop({ contacts: 100_000, events: 2_000_000, orders: 200_000, deliveries: 300_000 });
  return withBenchDatabase(async (db) => {
    await loadShop(db, shop);
    const timings: RuleTiming[] = [];
    for (const rule of benchRules) timings.push(await measure(db, rule));
    return timings;
  });
}

export const benches = [
  {
    name: 'segment.server',
    async run() {
      const timings = await measureRules();
      const worst = Math.max(...timings.map(({ ratio }) => ratio));
      const reference = median(timings.map(({ referenceMs }) => referenceMs));
      return {
        value: worst,
        unit: '× reference (worst of 8 rules)',
        reference,
        target: TARGET,
        ok: worst <= TARGET,
        details: timings,
      };
    },
  },
];
