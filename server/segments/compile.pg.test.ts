import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ColumnView } from '#shared/columns/view.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { evaluateRule } from '#shared/segment/evaluate.ts';
import type { ParameterTest } from '#shared/segment/parameter-test.schema.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { ActivityLeaf, Rule, TextLeaf } from '#shared/segment/segment.schema.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import {
  buildView,
  context,
  loadIntoDatabase,
  randomData,
  type SegmentData,
  seeded,
} from '#tests/support/segment-data.ts';
import { arbitraryRule } from '#tests/support/segment-rules.ts';
import { compileRule } from './compile.ts';

const { now } = context;
/** Replays a failure: SEED=… */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const DATASETS = 4;
const RULES_EACH = 75;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function inSql(rule: Rule): Promise<number[]> {
  const { text, values } = compileRule(rule, context);
  const rows = await database.db.query<{ contact_id: number }>(text, values);
  return rows.map((row) => row.contact_id).sort((a, b) => a - b);
}

function inColumns(rule: Rule, view: ColumnView): number[] {
  const members = evaluateRule(resolveRule(rule, context), view);
  expect(members.length).toBe(view.contactLimit);
  return [...members.keys()].filter((id) => members[id] === 1);
}

test(`SQL and columns find the same members for random rules over random data (SEED=${seed})`, async () => {
  let compared = 0;
  let telling = 0;
  for (let set = 0; set < DATASETS; set++) {
    const random = seeded(seed + set);
    const data = randomData(random);
    await loadIntoDatabase(database.db, data);
    const view = buildView(data, random);
    const live = data.contact.size;
    await fc.assert(
      fc.asyncProperty(arbitraryRule, async (rule) => {
        const expected = await inSql(rule);
        expect(inColumns(rule, view), JSON.stringify(rule)).toEqual(expected);
        compared++;
        if (expected.length > 0 && expected.length < live) telling++;
      }),
      { seed: seed + set, numRuns: RULES_EACH },
    );
  }
  expect(compared).toBeGreaterThanOrEqual(DATASETS * RULES_EACH);
  expect(telling, 'rules that split the contacts').toBeGreaterThan(compared / 3);
});

const contact = (cells: Record<string, string | number | null>) => ({ createdAt: now, emailStatus: 'none', ...cells });
const text = (field: TextLeaf['field'], op: TextLeaf['op'], ...values: string[]): Rule => ({
  type: 'text',
  field,
  op,
  values,
});
const activity = (leaf: Partial<ActivityLeaf>): Rule => ({
  type: 'activity',
  source: { table: 'order' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
  ...leaf,
});
const order = (rowId: number, contactId: number, cells: Record<string, string | number | null> = {}) => ({
  rowId,
  contactId,
  at: now - DAY_MS,
  externalOrderId: `o${rowId}`,
  status: 'DELIVERED',
  currency: 'GBP',
  gross: 10_000,
  returns: 0,
  grossLines: 1,
  lines: 1,
  ...cells,
});
const byId = <T>(...rows: [number, T][]) => new Map(rows);

/** A purchase with its columns: brand and price are switched on for this type, nothing else. */
const purchase = (rowId: number, contactId: number, params: object, cells: Record<string, string | number | null>) => ({
  rowId,
  contactId,
  at: now - DAY_MS,
  type: 'purchase',
  params: JSON.stringify(params),
  ...cells,
});
const bought = (...where: ParameterTest[]): Partial<ActivityLeaf> => ({
  source: { table: 'event', eventType: 'purchase', where },
});
const purchases: Partial<SegmentData> = {
  contact: byId([1, contact({})], [3, contact({})], [5, contact({})]),
  event: byId(
    [1, purchase(1, 1, { brand: 'Acme', price: '12.50' }, { text0: 'Acme', number1: 12.5 })],
    [2, purchase(2, 3, { brand: 'acme', price: 12.5 }, { text0: 'acme', number1: 12.5 })],
    [3, purchase(3, 5, { colour: 'red', price: 'a lot' }, {})],
  ),
};

/** A name, the contacts (by id) and orders, a rule, and who is a member. */
const known: [string, Partial<SegmentData>, Rule, number[]][] = [
  [
    'a parameter is compared as it was sent, case and all',
    purchases,
    activity(bought({ param: 'brand', op: 'is', values: ['Acme'] })),
    [1],
  ],
  [
    'a parameter that is not there is not "is not"',
    purchases,
    activity(bought({ param: 'brand', op: 'isNot', values: ['Acme'] })),
    [3],
  ],
  [
    'a number sent as text is a number',
    purchases,
    activity(bought({ param: 'price', op: 'equals', value: 12.5 })),
    [1, 3],
  ],
  [
    'all conditions on a parameter hold for one event',
    purchases,
    activity(bought({ param: 'brand', op: 'contains', values: ['cm'] }, { param: 'price', op: 'atMost', value: 12 })),
    [],
  ],
  [
    'a parameter that is no column has no value, so nobody has such events',
    purchases,
    activity({ ...bought({ param: 'colour', op: 'is', values: ['red'] }), op: 'equals', value: 0 }),
    [1, 3, 5],
  ],
  [
    'a capital dotted I is found by its own folding, in part too',
    { contact: byId([1, contact({ firstName: 'İstanbul' })], [3, contact({ firstName: 'istanbul' })]) },
    text('firstName', 'contains', 'İ'),
    [1],
  ],
  [
    'a final sigma is found by what the writer folded',
    {
      contact: byId(
        [1, contact({ firstName: 'ΑΣ' })],
        [3, contact({ firstName: 'ας' })],
        [5, contact({ firstName: 'ασ' })],
      ),
    },
    text('firstName', 'is', 'ΑΣ'),
    [1, 3],
  ],
  [
    'a sharp s is not two',
    { contact: byId([1, contact({ town: 'Straße' })], [3, contact({ town: 'STRASSE' })]) },
    text('town', 'endsWith', 'SSE'),
    [3],
  ],
  [
    'a ligature equals its letters',
    { contact: byId([1, contact({ firstName: 'ﬁne' })], [3, contact({ firstName: 'FINE' })]) },
    text('firstName', 'startsWith', 'fi'),
    [1, 3],
  ],
  [
    'text outside the basic plane is cut by characters',
    { contact: byId([1, contact({ firstName: 'a👍' })], [3, contact({ firstName: 'a👎' })]) },
    text('firstName', 'endsWith', '👍'),
    [1],
  ],
  [
    'per cent, underscore and backslash are themselves',
    { contact: byId([1, contact({ firstName: '100%_\\' })], [3, contact({ firstName: '100xyz' })]) },
    text('firstName', 'contains', '%_\\'),
    [1],
  ],
  [
    'an empty cell is in neither "is not" nor "does not contain"',
    { contact: byId([1, contact({ town: null })], [3, contact({ town: 'Rome' })], [5, contact({ town: '' })]) },
    { type: 'all', rules: [text('town', 'isNot', 'Kyiv'), text('town', 'notContains', 'Kyiv')] },
    [3],
  ],
  [
    'but it is in the complement of "is"',
    { contact: byId([1, contact({ town: null })], [3, contact({ town: 'Kyiv' })]) },
    { type: 'not', rule: text('town', 'is', 'Kyiv') },
    [1],
  ],
  [
    'an empty text is an empty cell',
    { contact: byId([1, contact({ town: '' })], [3, contact({ town: ' ' })]) },
    { type: 'presence', field: 'town', op: 'isEmpty' },
    [1],
  ],
  [
    'no orders is zero orders',
    { contact: byId([1, contact({})], [3, contact({})]), order: byId([1, order(1, 3)]) },
    activity({ op: 'equals', value: 0 }),
    [1],
  ],
  [
    'at most two includes none',
    {
      contact: byId([1, contact({})], [3, contact({})]),
      order: byId([1, order(1, 3)], [2, order(2, 3)], [3, order(3, 3)]),
    },
    activity({ op: 'atMost', value: 2 }),
    [1],
  ],
  [
    'a pure return is no order, but lowers the net amount below zero',
    {
      contact: byId([1, contact({})], [3, contact({})]),
      order: byId([1, order(1, 3, { gross: 0, returns: 5_000, grossLines: 0 })]),
    },
    {
      type: 'all',
      rules: [activity({ op: 'equals', value: 0 }), activity({ measure: 'net', op: 'atMost', value: -1 })],
    },
    [3],
  ],
  [
    'amounts of another currency are not added',
    { contact: byId([1, contact({})]), order: byId([1, order(1, 1)], [2, order(2, 1, { currency: 'EUR' })]) },
    activity({ measure: 'gross', op: 'equals', value: 10_000 }),
    [1],
  ],
  [
    'without any order nobody has a last order outside of the window',
    { contact: byId([1, contact({})], [3, contact({})]), order: byId([1, order(1, 3, { at: now - 200 * DAY_MS })]) },
    activity({ measure: 'lastAt', op: 'notWithin', value: null, window: { type: 'lastDays', days: 90 } }),
    [3],
  ],
  [
    'the first instant of the last N days is inside, the one before is not',
    {
      contact: byId([1, contact({})], [3, contact({})], [5, contact({})], [7, contact({})]),
      order: byId(
        [1, order(1, 1, { at: now - 30 * DAY_MS })],
        [2, order(2, 3, { at: now - 30 * DAY_MS - 1 })],
        [3, order(3, 5, { at: now })],
        [4, order(4, 7, { at: now + 1 })],
      ),
    },
    activity({ period: { type: 'lastDays', days: 30 } }),
    [1, 5],
  ],
  [
    'local days begin at midnight of the workspace, also over the change of clocks',
    {
      contact: byId([1, contact({})], [3, contact({})]),
      order: byId(
        [1, order(1, 1, { at: Date.UTC(2026, 9, 24, 22) })],
        [2, order(2, 3, { at: Date.UTC(2026, 9, 24, 22) - 1 })],
      ),
    },
    activity({ period: { type: 'localDays', days: 4 } }),
    [1],
  ],
  [
    'an end is not inside',
    { contact: byId([1, contact({ createdAt: 5_000 })], [3, contact({ createdAt: 4_999 })]) },
    { type: 'instant', field: 'createdAt', op: 'within', period: { type: 'between', from: 0, to: 5_000 } },
    [3],
  ],
  [
    'all of nothing is everybody',
    { contact: byId([1, contact({})], [3, contact({})]) },
    { type: 'all', rules: [] },
    [1, 3],
  ],
  ['any of nothing is nobody', { contact: byId([1, contact({})]) }, { type: 'any', rules: [] }, []],
];

test.each(known)('%s', async (_name, rows, rule, members) => {
  const empty = new Map<number, Record<string, string | number | null>>();
  const full = [...(rows.contact ?? empty)].map(([id, cells]): [number, Record<string, string | number | null>] => [
    id,
    cells,
  ]);
  const data: SegmentData = {
    contact: new Map(full),
    order: rows.order ?? empty,
    event: rows.event ?? empty,
    delivery: empty,
  };
  await loadIntoDatabase(database.db, data);
  expect(await inSql(rule)).toEqual(members);
  expect(inColumns(rule, buildView(data, seeded(1)))).toEqual(members);
});
