import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cellAt } from '#shared/columns/rows.ts';
import type { ColumnView } from '#shared/columns/view.ts';
import { type Computed, computedType } from '#shared/contact/computed.schema.ts';
import { computedFieldId, type FieldSpecs } from '#shared/contact/field.schema.ts';
import { finish } from '#shared/kernel/steps.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { evaluateRule } from '#shared/segment/evaluate.ts';
import { computedColumn } from '#shared/segment/evaluate-computed.ts';
import { type FieldLeaf, fieldLeafType } from '#shared/segment/field-leaf.schema.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import { resolveComputed } from '#shared/segment/resolve-computed.ts';
import { arbitraryComputed } from '#tests/support/computed-fields.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import {
  buildView,
  context,
  instants,
  loadIntoDatabase,
  operands,
  randomData,
  type SegmentData,
  seeded,
} from '#tests/support/segment-data.ts';
import { compileRule } from './compile.ts';
import { computedSql } from './computed-sql.ts';
import { SqlValues } from './sql-values.ts';

const { now } = context;
/** Replays a failure: SEED=… */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const DATASETS = 4;
const FIELDS_EACH = 75;
const FIELD = computedFieldId('1');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Value = [contactId: number, value: number | string];

/** Of everybody with something to show, whoever that is. */
async function inSql(computed: Computed, merged = false): Promise<Value[]> {
  const values = new SqlValues();
  const text = computedSql(resolveComputed(computed, context), values, { merged });
  const rows =
    text === null
      ? []
      : await database.db.query<{ contact_id: number; value: number | string | null }>(text, values.all);
  return rows
    .flatMap(({ contact_id, value }): Value[] => (value === null ? [] : [[contact_id, value]]))
    .filter(([id]) => id > 0 && id < 65_600)
    .sort(([a], [b]) => a - b);
}

/** Zero is what those have who have nothing to show. */
const shown = (values: Value[], computed: Computed): Value[] =>
  computed.aggregate === 'count' || computed.aggregate === 'sum' ? values.filter(([, value]) => value !== 0) : values;

function inColumns(computed: Computed, view: ColumnView): Value[] {
  const column = finish(computedColumn(resolveComputed(computed, context), view));
  const found: Value[] = [];
  for (let id = 1; id < view.contactLimit; id++) {
    const cell = cellAt(column, id);
    if (cell !== null) found.push([id, cell]);
  }
  return found;
}

test(`SQL and columns work out the same values of random fields over random data (SEED=${seed})`, async () => {
  let telling = 0;
  for (let set = 0; set < DATASETS; set++) {
    const random = seeded(seed + set);
    const data = randomData(random);
    await loadIntoDatabase(database.db, data);
    const view = buildView(data, random);
    await fc.assert(
      fc.asyncProperty(arbitraryComputed, async (computed) => {
        const expected = shown(await inSql(computed), computed);
        expect(shown(inColumns(computed, view), computed), JSON.stringify(computed)).toEqual(expected);
        if (expected.length > 5) telling++;
      }),
      { seed: seed + set, numRuns: FIELDS_EACH },
    );
  }
  expect(telling, 'fields that say something of several contacts').toBeGreaterThan((DATASETS * FIELDS_EACH) / 3);
});

/** A condition that fits the field's type; presence too. */
function conditionOn(computed: Computed): fc.Arbitrary<FieldLeaf> {
  const field = FIELD;
  const presence = fc.constantFrom<FieldLeaf>(
    { type: 'fieldPresence', field, op: 'isSet' },
    { type: 'fieldPresence', field, op: 'isEmpty' },
  );
  const kind = fieldLeafType(computedType(computed));
  if (kind === 'fieldNumber') {
    const number = fc.record({
      type: fc.constant('fieldNumber' as const),
      field: fc.constant(field),
      op: fc.constantFrom('atLeast' as const, 'atMost', 'equals'),
      value: fc.constantFrom(-10_000, 0, 1, 2, 10_000, 20_000, 125_000),
    });
    return fc.oneof({ weight: 4, arbitrary: number }, presence);
  }
  if (kind === 'fieldDate') {
    const at = fc.constantFrom(...instants);
    const date = fc
      .tuple(at, fc.constantFrom('within' as const, 'notWithin'))
      .map(([from, op]): FieldLeaf => ({ type: 'fieldDate', field, op, period: { type: 'between', from, to: null } }));
    return fc.oneof({ weight: 4, arbitrary: date }, presence);
  }
  const text = fc.record({
    type: fc.constant('fieldText' as const),
    field: fc.constant(field),
    op: fc.constantFrom('is' as const, 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf'),
    values: fc.array(fc.constantFrom(...operands()), { minLength: 1, maxLength: 4 }),
  });
  return fc.oneof({ weight: 4, arbitrary: text }, presence);
}

const fieldsWith = (computed: Computed): FieldSpecs =>
  new Map([
    [
      FIELD,
      {
        id: FIELD,
        listName: 'L',
        listKey: 'L',
        key: 'K',
        label: 'Computed',
        type: computedType(computed),
        personal: false,
        required: false,
        readOnly: false,
        allowedValues: [],
        min: null,
        max: null,
        position: 0,
        computed,
      },
    ],
  ]);

test(`SQL and columns find the same members by random conditions on computed fields (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const data = randomData(random);
  await loadIntoDatabase(database.db, data);
  const view = buildView(data, random);
  let telling = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitraryComputed.chain((computed) => fc.tuple(fc.constant(computed), conditionOn(computed), fc.boolean())),
      async ([computed, leaf, negated]) => {
        const rule = negated ? { type: 'not' as const, rule: leaf } : leaf;
        const around = { ...context, fields: fieldsWith(computed) };
        const { text, values } = compileRule(rule, around);
        const rows = await database.db.query<{ contact_id: number }>(text, values);
        const expected = rows.map((row) => row.contact_id).sort((a, b) => a - b);
        const members = evaluateRule(resolveRule(rule, around), view);
        expect(
          [...members.keys()].filter((id) => members[id] === 1),
          JSON.stringify([computed, rule]),
        ).toEqual(expected);
        if (expected.length > 0 && expected.length < data.contact.size) telling++;
      },
    ),
    { seed, numRuns: 150 },
  );
  expect(telling, 'conditions that split the contacts').toBeGreaterThan(25);
});

const bought = (rowId: number, contactId: number, at: number, brand: string | null, price: number | null) => ({
  rowId,
  contactId,
  at,
  type: 'purchase',
  params: JSON.stringify({ brand, price }),
  text0: brand,
  number1: price,
});
const byRow = <T extends { rowId: number }>(...rows: T[]) => new Map(rows.map((row) => [row.rowId, row]));
const purchases = (part: Partial<Computed>): Computed => ({
  source: { table: 'event', eventType: 'purchase', where: [] },
  aggregate: 'count',
  value: null,
  days: null,
  ...part,
});
const brand = { of: 'parameter', param: 'brand', kind: 'text' } as const;
const price = { of: 'parameter', param: 'price', kind: 'number' } as const;
const order = (rowId: number, contactId: number, status: string, gross: number, returns = 0, currency = 'GBP') => ({
  rowId,
  contactId,
  at: now - rowId * DAY_MS,
  externalOrderId: `o${rowId}`,
  status,
  currency,
  gross,
  returns,
  grossLines: gross > 0 ? 1 : 0,
  lines: 1,
});
const orders = (part: Partial<Computed>, ...statuses: string[]): Computed => ({
  ...purchases(part),
  source: { table: 'order', statuses },
});
const shopping = {
  order: byRow(
    order(1, 1, 'DELIVERED', 100_000),
    order(2, 1, 'DELIVERED', 0, 30_000),
    order(3, 1, 'ABANDONED_SHOPPING_CART', 0),
    order(4, 1, 'DELIVERED', 50_000, 0, 'EUR'),
    order(100, 3, 'CANCELLED', 0),
  ),
};

/** A name, what happened, the field, and whoever has a value that is not 0. */
const known: [string, Partial<SegmentData>, Computed, Value[]][] = [
  [
    'the most frequent text',
    { event: byRow(bought(1, 1, now, 'A', 1), bought(2, 1, now - 5, 'B', 1), bought(3, 1, now - 9, 'B', 1)) },
    purchases({ aggregate: 'mostFrequent', value: brand }),
    [[1, 'B']],
  ],
  [
    'of two that are equally frequent the one seen last',
    {
      event: byRow(
        bought(1, 1, now - 5, 'A', 1),
        bought(2, 1, now, 'B', 1),
        bought(3, 1, now - 5, 'A', 1),
        bought(4, 1, now - 9, 'B', 1),
      ),
    },
    purchases({ aggregate: 'mostFrequent', value: brand }),
    [[1, 'B']],
  ],
  [
    'of two seen at the same moment the first by code points: a letter beyond the basic plane comes after a ligature',
    { event: byRow(bought(1, 1, now, '👍', 1), bought(2, 1, now, 'ﬁne', 1)) },
    purchases({ aggregate: 'mostFrequent', value: brand }),
    [[1, 'ﬁne']],
  ],
  [
    'of two at the same moment the later row is the last',
    { event: byRow(bought(1, 1, now, 'A', 1), bought(2, 1, now, 'B', 1), bought(3, 1, now, null, 1)) },
    purchases({ aggregate: 'last', value: brand }),
    [[1, 'B']],
  ],
  [
    'fractions add up exactly, what is no number is left out',
    {
      event: byRow(
        bought(1, 1, now, null, 0.1),
        bought(2, 1, now, null, 0.2),
        bought(3, 1, now, null, 1e15),
        bought(4, 3, now, 'x', null),
      ),
    },
    purchases({ aggregate: 'sum', value: price }),
    [[1, 3_000]],
  ],
  [
    'an average is rounded half up',
    { event: byRow(bought(1, 1, now, null, 0.0001), bought(2, 1, now, null, 0.0002)) },
    purchases({ aggregate: 'average', value: price }),
    [[1, 2]],
  ],
  [
    'a window is so many times 24 hours, its first instant included',
    {
      event: byRow(
        bought(1, 1, now - 3 * DAY_MS, null, 1),
        bought(2, 3, now - 3 * DAY_MS - 1, null, 1),
        bought(3, 5, now + 1, null, 1),
      ),
    },
    purchases({ days: 3 }),
    [[1, 1]],
  ],
  [
    'orders are counted as reports count them: with a gross line, whatever the currency',
    shopping,
    orders({}),
    [[1, 2]],
  ],
  [
    'a lifetime value is gross less returns, in the workspace’s currency',
    shopping,
    orders({ aggregate: 'sum', value: { of: 'column', column: 'net' } }),
    [[1, 70_000]],
  ],
  ['orders of a status count whatever their lines', shopping, orders({}, 'ABANDONED_SHOPPING_CART'), [[1, 1]]],
  [
    'the last order is one with a gross line',
    { order: byRow(order(2, 1, 'DELIVERED', 10_000), order(1, 1, 'DELIVERED', 0, 5_000)) },
    orders({ aggregate: 'last', value: { of: 'time' } }),
    [[1, now - 2 * DAY_MS]],
  ],
  [
    'lines are those that were bought, of orders that count',
    {
      ...shopping,
      lines: [
        { orderRowId: 1, lineNo: 0, quantity: 1_000, price: 10_000, category: 'Tea' },
        { orderRowId: 1, lineNo: 1, quantity: -1_000, price: 10_000, category: 'Cups' },
        { orderRowId: 1, lineNo: 2, quantity: -1_000, price: 10_000, category: 'Cups' },
        { orderRowId: 3, lineNo: 0, quantity: 1_000, price: 10_000, category: 'Left' },
      ].map((line) => ({ ...line, at: now - line.orderRowId * DAY_MS, externalItemId: 'i', name: 'n', amount: 0 })),
    },
    {
      ...orders({ aggregate: 'mostFrequent', value: { of: 'column', column: 'category' } }),
      source: { table: 'orderLine', statuses: [] },
    },
    [[1, 'Tea']],
  ],
];

test.each(known)('%s', async (_name, rows, computed, expected) => {
  const empty = new Map<number, Record<string, string | number | null>>();
  const contact = new Map([1, 3, 5].map((id) => [id, { createdAt: now, emailStatus: 'none' }]));
  const data: SegmentData = { order: empty, event: empty, delivery: empty, ...rows, contact };
  await loadIntoDatabase(database.db, data);
  expect(shown(await inSql(computed), computed)).toEqual(expected);
  expect(shown(inColumns(computed, buildView(data, seeded(1))), computed)).toEqual(expected);
});

test('a merged card’s history is its survivor’s', async () => {
  const events = byRow(bought(1, 1, now, 'A', 1), bought(2, 3, now, 'A', 1));
  const empty = new Map<number, Record<string, string | number | null>>();
  const contact = new Map([[1, { createdAt: now, emailStatus: 'none' }]]);
  await loadIntoDatabase(database.db, { contact, order: empty, event: events, delivery: empty });
  await database.db.query('insert into contact_alias (id, survivor) values (3, 1)');
  expect(await inSql(purchases({}), true)).toEqual([[1, 2]]);
  await database.db.query('truncate contact_alias');
});
