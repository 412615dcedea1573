import { afterEach, expect, test } from 'vitest';
import { Engine } from '#renderer/data/columns/engine.ts';
import type { StoredDoc } from '#renderer/data/store/documents.ts';
import { MetaStore } from '#renderer/data/store/meta.ts';
import { openUserStore, type UserStore } from '#renderer/data/store/user-store.ts';
import { partFromRows } from '#shared/columns/rows.ts';
import type { TableName } from '#shared/columns/tables.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { contactSegments, keepSegments } from './contact-segments.ts';

let store: UserStore | null = null;
afterEach(() => store?.db.close());

const segment = (id: string, name: string, rule: Rule, draft: Rule = rule): StoredDoc => ({
  ...{ id, kind: 'segment', waiting: false, rev: 1 },
  body: { name, description: '', rule: draft, createdAt: 1, live: { rule, publishedAt: 1, publishedBy: null } },
});
const everybody: Rule = { type: 'all', rules: [] };
const inRome: Rule = { type: 'text', field: 'town', op: 'is', values: ['Rome'] };
const viewed: Rule = {
  type: 'activity',
  source: { table: 'event', eventType: 'viewed' },
  ...{ period: null, measure: 'count', op: 'atLeast', value: 1, window: null },
};
const part = (
  table: TableName,
  cells: Record<string, string | number>,
  key = 7,
): [TableName, [ReturnType<typeof partFromRows>]] => [table, [partFromRows(table, [{ key, cells }])]];

async function account(personal = true) {
  store = await openUserStore('muster2-somebody', memoryBackend(), unexpected);
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    ...{ zone: 'UTC', currency: 'UAH', now: () => 100 },
  });
  const read: TableName[] = [];
  engine.store.reset(new Map([part('contact', {}), part('contactPersonal', { town: 'Rome' })]), []);
  const documents = [
    segment('s3', 'Romans', inRome, { type: 'not', rule: inRome }),
    segment('s2', 'Looked', viewed),
    segment('s1', 'All', everybody),
    segment('s4', 'Nobody', { type: 'not', rule: everybody }),
  ];
  return {
    ...{ engine, read, meta: new MetaStore(store), device: { keep: { personal } } },
    documents: { list: async () => documents },
    columns: {
      async need(tables: readonly TableName[]) {
        read.push(...tables);
        if (tables.includes('event')) {
          engine.store.setBase(new Map([part('event', { rowId: 1, contactId: 7, at: 5, type: 'viewed' }, 1)]));
        }
      },
      needLines: async () => undefined,
    },
  };
}

test('who is in what is worked out here by the rules in use; events of everybody are read only where all is wanted', async () => {
  const here = await account();
  const [all, romans] = [
    { id: 's1', name: 'All', since: null },
    { id: 's3', name: 'Romans', since: null },
  ];
  expect(await contactSegments(here, 7, false)).toEqual({ segments: [all, romans], untold: 2, unknown: 1 });
  expect(here.read).not.toContain('event');
  expect(await contactSegments(here, 7, true)).toEqual({
    segments: [all, { id: 's2', name: 'Looked', since: null }, romans],
    untold: 3,
    unknown: 0,
  });
  expect(await contactSegments(here, 8, true)).toEqual({ segments: [], untold: 0, unknown: 0 });
});

test('the server tells since when, and of what cannot be worked out here; where both know, this device is right', async () => {
  const here = await account(false);
  expect(await contactSegments(here, 7, false)).toMatchObject({ segments: [{ id: 's1' }], unknown: 2 });
  const told = [
    { segmentId: 's1', since: 50 },
    { segmentId: 's3', since: null },
    { segmentId: 's4', since: 60 },
  ];
  await keepSegments(here.meta, 7, told, 70);
  expect(await contactSegments(here, 7, false)).toEqual({
    segments: [
      { id: 's1', name: 'All', since: 50 },
      { id: 's3', name: 'Romans', since: null },
    ],
    untold: 0,
    unknown: 0,
  });
});
