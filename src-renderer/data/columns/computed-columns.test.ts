/** Computed fields in the engine: rows, orders, conditions and previews, over chunks, a tail, and a clock that moves on. */
import { expect, test } from 'vitest';
import type { SortKey } from '#renderer/data/data-api.ts';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf } from '#shared/columns/rows.ts';
import type { Cell, TableName, TailRow } from '#shared/columns/tables.ts';
import type { Computed } from '#shared/contact/computed.schema.ts';
import { type FieldId, fieldSpecs } from '#shared/contact/field.schema.ts';
import { finish } from '#shared/kernel/steps.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { Engine } from './engine.ts';

const VALUE: FieldId = 'field:0-0000000a';
const RECENT: FieldId = 'field:0-0000000b';
const CATEGORY: FieldId = 'field:0-0000000c';
const START = 100 * DAY_MS;

const orders: Computed['source'] = { table: 'order', statuses: [] };
const value: Computed = { source: orders, aggregate: 'sum', value: { of: 'column', column: 'net' }, days: null };
const recent: Computed = { source: orders, aggregate: 'count', value: null, days: 10 };
const category: Computed = {
  source: { table: 'orderLine', statuses: [] },
  aggregate: 'mostFrequent',
  value: { of: 'column', column: 'category' },
  days: null,
};
const field = (id: FieldId, type: string, computed: Computed) => ({
  id,
  body: {
    listName: 'C',
    listKey: 'C',
    key: `K${id.at(-1)?.toUpperCase()}`,
    label: id,
    type,
    personal: false,
    readOnly: true,
    computed,
  },
});
const specs = fieldSpecs([
  field(VALUE, 'decimal', value),
  field(RECENT, 'integer', recent),
  field(CATEGORY, 'text', category),
]);

const order = (rowId: number, contactId: number, days: number, gross: number): TailRow => ({
  key: rowId,
  cells: {
    rowId,
    contactId,
    at: START - days * DAY_MS,
    externalOrderId: `o${rowId}`,
    status: 'DELIVERED',
    currency: 'EUR',
    gross,
    returns: 0,
    grossLines: 1,
    lines: 1,
  },
});
const line = (orderRowId: number, name: string): TailRow => {
  const cells: Record<string, Cell> = { orderRowId, lineNo: 0, at: START, externalItemId: name, name, category: name };
  return { key: orderRowId, cells: { ...cells, quantity: 1_000, price: 10_000, amount: 10_000 } };
};

function engineOf(): { engine: Engine; clock: { now: number } } {
  const clock = { now: START };
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    zone: 'UTC',
    currency: 'EUR',
    now: () => clock.now,
  });
  const chunk = (table: TableName, rows: TailRow[]) => decodeChunk(encodeChunk(table, 0, columnsOf(table, rows)));
  const people = [1, 2, 3].map((key) => ({ key, cells: { createdAt: 0 } }));
  engine.fields = specs;
  engine.store.reset(
    new Map<TableName, ReturnType<typeof chunk>[]>([
      ['contact', [chunk('contact', people)]],
      ['contactPersonal', []],
      ['contactField', []],
      ['contactFieldPersonal', []],
      ['order', [chunk('order', [order(1, 1, 1, 50_000), order(2, 2, 9, 20_000), order(3, 2, 50, 70_000)])]],
      ['orderLine', [chunk('orderLine', [line(1, 'Tea'), line(2, 'cups'), line(3, 'cups')])]],
      ['delivery', []],
      ['event', []],
      ['membership', []],
    ]),
    [],
  );
  return { engine, clock };
}

const page = (engine: Engine, key: SortKey, { descending = false, rule = null as Rule | null } = {}) =>
  finish(engine.contactPage({ search: '', rule, sort: { key, descending }, show: [VALUE, RECENT, CATEGORY] }, 0, 100));
const ids = (engine: Engine, key: SortKey, options = {}) => page(engine, key, options).rows.map(({ id }) => id);
const all = (engine: Engine) => Object.fromEntries(page(engine, 'id').rows.map(({ id, fields }) => [id, fields]));

test('rows carry what was asked to be shown, and a card everything', () => {
  const { engine } = engineOf();
  expect(all(engine)).toEqual({
    1: { [VALUE]: 50_000, [RECENT]: 1, [CATEGORY]: 'Tea' },
    2: { [VALUE]: 90_000, [RECENT]: 1, [CATEGORY]: 'cups' },
    3: { [VALUE]: 0, [RECENT]: 0 },
  });
  expect(finish(engine.computedOf(2))).toEqual({ [VALUE]: 90_000, [RECENT]: 1, [CATEGORY]: 'cups' });
  const { rows } = finish(engine.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1));
  expect(rows[0]?.fields).toEqual({});
});

test('contacts sort by figures and by texts, whatever their case; those without a text come last', () => {
  const { engine } = engineOf();
  expect(ids(engine, VALUE)).toEqual([3, 1, 2]);
  expect(ids(engine, VALUE, { descending: true })).toEqual([2, 1, 3]);
  expect(ids(engine, CATEGORY)).toEqual([2, 1, 3]);
});

test('conditions on them find whom the columns show', () => {
  const { engine } = engineOf();
  const atLeast: Rule = { type: 'fieldNumber', field: VALUE, op: 'atLeast', value: 60_000 };
  expect(ids(engine, 'id', { rule: atLeast })).toEqual([2]);
  expect(ids(engine, 'id', { rule: { type: 'fieldText', field: CATEGORY, op: 'anyOf', values: ['Tea'] } })).toEqual([
    1,
  ]);
  expect(ids(engine, 'id', { rule: { type: 'fieldPresence', field: CATEGORY, op: 'isEmpty' } })).toEqual([3]);
  expect(engine.distinct(CATEGORY, 10)).toEqual([
    { value: 'Tea', count: 1 },
    { value: 'cups', count: 1 },
  ]);
});

test('a new order counts at once, and one that leaves the window counts no more although nothing changed', () => {
  const { engine, clock } = engineOf();
  expect(all(engine)[2]).toMatchObject({ [VALUE]: 90_000, [RECENT]: 1 });
  const row = order(9, 3, 0, 10_000);
  engine.store.addTail({ epoch: 'e', version: 1, more: false, changed: { order: [9, 3] }, rows: { order: [row] } });
  expect(all(engine)[3]).toMatchObject({ [VALUE]: 10_000, [RECENT]: 1 });
  expect(all(engine)[2]).toMatchObject({ [VALUE]: 20_000 });
  expect(ids(engine, RECENT, { descending: true })).toEqual([1, 2, 3]);
  clock.now += 2 * DAY_MS;
  expect(all(engine)[2]).toMatchObject({ [VALUE]: 20_000, [RECENT]: 0 });
  expect(ids(engine, RECENT, { descending: true })).toEqual([1, 3, 2]);
});

test('a preview counts those with something to show, and names the first of them', () => {
  const { engine } = engineOf();
  expect(finish(engine.computedPreview({ ...recent, days: 5 }, 5))).toMatchObject({
    count: 1,
    total: 3,
    sample: [{ id: 1, name: 'Contact 1', cell: 1 }],
  });
});
