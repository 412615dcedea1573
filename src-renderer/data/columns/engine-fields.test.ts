/** Additional fields in the engine: rows, overlays of unsent edits, sorting and counts, over chunks that hold different columns. */
import { expect, test } from 'vitest';
import type { SortKey } from '#renderer/data/data-api.ts';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf } from '#shared/columns/rows.ts';
import { type TableName, type TailRow, tables } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { type FieldId, fieldSpecs, VALUE_SEPARATOR } from '#shared/contact/field.schema.ts';
import { finish } from '#shared/kernel/steps.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { Engine } from './engine.ts';

const LEVEL: FieldId = 'field:0000000a';
const SIZE: FieldId = 'field:0000000b';
const HOBBIES: FieldId = 'field:0000000c';

const field = (id: FieldId, type: string, personal: boolean, allowedValues: string[] = []) => ({
  id,
  body: { listName: 'L', listKey: 'L', key: `K${id.at(-1)?.toUpperCase()}`, label: id, type, personal, allowedValues },
});
const specs = fieldSpecs([
  field(LEVEL, 'choice', false, ['Gold', 'Silver']),
  field(SIZE, 'decimal', true),
  field(HOBBIES, 'multiple', true, ['Chess', 'Opera']),
]);

const both = ['Chess', 'Opera'].join(VALUE_SEPARATOR);
const FAR = 65_536;
const people: Record<number, { open: TailRow['cells']; personal: TailRow['cells'] }> = {
  1: { open: { [LEVEL]: 'Silver' }, personal: { [SIZE]: 425_000, [HOBBIES]: both } },
  2: { open: {}, personal: { [SIZE]: 380_000 } },
  3: { open: { [LEVEL]: 'Gold' }, personal: { [HOBBIES]: 'Opera' } },
  // In a chunk in which nobody has a size: it has no column of it.
  [FAR]: { open: { [LEVEL]: 'Gold' }, personal: {} },
};

function engineOf(): Engine {
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    zone: 'UTC',
    currency: 'EUR',
    now: () => 0,
  });
  const rowsOf = (table: TableName): TailRow[] =>
    Object.entries(people)
      .map(([id, { open, personal }]) => ({
        key: Number(id),
        cells: table === 'contactField' ? open : table === 'contactFieldPersonal' ? personal : { createdAt: 0 },
      }))
      .filter(({ cells }) => Object.keys(cells).length > 0);
  const base = new Map<TableName, TablePart[]>();
  for (const table of ['contact', 'contactPersonal', 'contactField', 'contactFieldPersonal'] as const) {
    const chunks = Map.groupBy(rowsOf(table), ({ key }) => Math.floor(key / tables[table].span));
    base.set(
      table,
      [...chunks].map(([index, rows]) => decodeChunk(encodeChunk(table, index, columnsOf(table, rows)))),
    );
  }
  base.set('order', []);
  base.set('delivery', []);
  engine.fields = specs;
  engine.store.reset(base, []);
  return engine;
}

const sorted = (engine: Engine, key: SortKey, descending = false, rule: Rule | null = null) =>
  finish(engine.contactPage({ search: '', rule, sort: { key, descending } }, 0, 100)).rows.map(({ id }) => id);

test('a row carries what its contact has, whatever columns its chunk has', () => {
  const engine = engineOf();
  expect(engine.contactCard(1)?.row.fields).toEqual({ [LEVEL]: 'Silver', [SIZE]: 425_000, [HOBBIES]: both });
  expect(engine.contactCard(FAR)?.row.fields).toEqual({ [LEVEL]: 'Gold' });
});

test('rows sort by text and by number, those without a value last both ways', () => {
  const engine = engineOf();
  expect(sorted(engine, LEVEL)).toEqual([3, FAR, 1, 2]);
  expect(sorted(engine, LEVEL, true)).toEqual([1, 3, FAR, 2]);
  expect(sorted(engine, SIZE)).toEqual([2, 1, 3, FAR]);
  expect(sorted(engine, SIZE, true)).toEqual([1, 2, 3, FAR]);
  expect(sorted(engine, 'field:00000099')).toEqual([1, 2, 3, FAR]);
});

test('an unsent edit lies over the columns at once, and is told as pending', () => {
  const engine = engineOf();
  expect(sorted(engine, SIZE)).toEqual([2, 1, 3, FAR]);
  engine.store.setEdits(
    new Map<number, Map<typeof SIZE, number | null>>([
      [FAR, new Map([[SIZE, 100_000]])],
      [1, new Map([[SIZE, null]])],
    ]),
  );
  expect(engine.contactCard(FAR)).toMatchObject({
    row: { fields: { [LEVEL]: 'Gold', [SIZE]: 100_000 } },
    pending: [SIZE],
  });
  expect(engine.contactCard(1)?.row.fields).toEqual({ [LEVEL]: 'Silver', [HOBBIES]: both });
  expect(sorted(engine, SIZE)).toEqual([FAR, 2, 1, 3]);
  expect(sorted(engine, 'id', false, { type: 'fieldNumber', field: SIZE, op: 'atMost', value: 100_000 })).toEqual([
    FAR,
  ]);
});

test('a change from the server replaces what a contact had, and a later column is found', () => {
  const engine = engineOf();
  engine.store.addTail({
    epoch: 'e',
    version: 2,
    more: false,
    changed: { contact: [2] },
    rows: {
      contact: [{ key: 2, cells: { createdAt: 0 } }],
      contactPersonal: [{ key: 2, cells: {} }],
      contactField: [{ key: 2, cells: { [LEVEL]: 'Gold' } }],
      contactFieldPersonal: [{ key: 2, cells: {} }],
    },
  });
  expect(engine.contactCard(2)?.row.fields).toEqual({ [LEVEL]: 'Gold' });
  expect(sorted(engine, LEVEL)).toEqual([2, 3, FAR, 1]);
});

test('values are counted, each of several chosen ones for itself', () => {
  const engine = engineOf();
  expect(engine.distinct(LEVEL, 10)).toEqual([
    { value: 'Gold', count: 2 },
    { value: 'Silver', count: 1 },
  ]);
  expect(engine.distinct(HOBBIES, 10)).toEqual([
    { value: 'Opera', count: 2 },
    { value: 'Chess', count: 1 },
  ]);
  expect(engine.distinct(SIZE, 10)).toEqual([]);
});
