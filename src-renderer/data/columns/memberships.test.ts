import { expect, test } from 'vitest';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf, maskPart, partFromRows } from '#shared/columns/rows.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { finish } from '#shared/kernel/steps.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { Engine } from './engine.ts';
import { listCounts, membershipsOf } from './memberships.ts';

const row = (rowId: number, contactId: number, list: string, state: string, at: number) => ({
  key: rowId,
  cells: { rowId, contactId, at, list, state, source: 'API' },
});
const old = partFromRows('membership', [
  row(1, 7, 'vip', 'member', 10),
  row(2, 7, 'category:news', 'subscribed', 20),
  row(3, 8, 'category:news', 'subscribed', 30),
  row(4, 9, 'vip', 'member', 40),
]);
/** Contact 7 left the news; 9 was taken out of the list. */
const parts = [
  maskPart(old, new Set([2, 4])),
  partFromRows('membership', [row(2, 7, 'category:news', 'unsubscribed', 50)]),
];

test('a contact’s lists and what it said of categories, newest first, as the tail says', () => {
  expect(membershipsOf(parts, 7)).toEqual([
    { list: 'category:news', left: true, since: 50, source: 'API' },
    { list: 'vip', left: false, since: 10, source: 'API' },
  ]);
  expect(membershipsOf(parts, 9)).toEqual([]);
});

test('members of each list, and who left, of contacts that are there', () => {
  expect(listCounts(parts, () => true)).toEqual({
    vip: { members: 1, left: 0 },
    'category:news': { members: 1, left: 1 },
  });
  expect(listCounts(parts, (id) => id !== 8)['category:news']).toEqual({ members: 0, left: 1 });
});

test('who is in a list is looked for again as soon as somebody was taken out of it', () => {
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    zone: 'UTC',
    currency: 'EUR',
    now: () => 0,
  });
  const contacts = [1, 2].map((key) => ({ key, cells: { createdAt: 0 } }));
  const base = new Map<TableName, TablePart[]>([
    ['contact', [decodeChunk(encodeChunk('contact', 0, columnsOf('contact', contacts)))]],
    ['membership', [partFromRows('membership', [row(1, 1, 'vip', 'member', 10), row(2, 2, 'vip', 'member', 20)])]],
  ]);
  engine.store.reset(base, []);
  const rule: Rule = { type: 'membership', list: 'vip', op: 'in' };
  const members = () =>
    finish(engine.contactPage({ search: '', rule, sort: { key: 'id', descending: false } }, 0, 10)).rows.map(
      ({ id }) => id,
    );
  expect(members()).toEqual([1, 2]);
  engine.store.addTail({ epoch: 'e', version: 2, more: false, changed: { membership: [2] }, rows: {} });
  expect(members()).toEqual([1]);
});
