import { expect, test } from 'vitest';
import { partFromRows } from '#shared/columns/rows.ts';
import type { Cell, TableName, TailRow } from '#shared/columns/tables.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { evaluateRule } from './evaluate.ts';
import { resolveRule } from './resolve.ts';
import { ruleProblems } from './rule-problems.ts';
import { segmentSchema } from './segment.schema.ts';
import { starterSegments } from './starter-segments.ts';

const now = Date.UTC(2026, 10, 23);
const rows = (cells: Record<string, Cell>[]): TailRow[] => cells.map((row, index) => ({ key: index + 1, cells: row }));
const order = (contactId: number, daysAgo: number): Record<string, Cell> => ({
  contactId,
  at: now - daysAgo * DAY_MS,
  currency: 'GBP',
  gross: 10_000,
  returns: 0,
  grossLines: 1,
});

// 1 bought twice, long ago · 2 bought once, just now · 3 never bought, joined today, opens mails · 4 never bought, no mail
const parts = new Map<TableName, TailRow[]>([
  [
    'contact',
    rows([
      { emailStatus: 'subscribed', createdAt: now - 300 * DAY_MS },
      { emailStatus: 'unsubscribed', createdAt: now - 20 * DAY_MS },
      { emailStatus: 'subscribed', createdAt: now },
      { emailStatus: 'none', createdAt: now - 20 * DAY_MS },
    ]),
  ],
  ['order', rows([order(1, 200), order(1, 150), order(2, 1)])],
  ['delivery', rows([{ contactId: 3, at: now - DAY_MS, openedAt: now - DAY_MS }])],
]);
const view = {
  contactLimit: 5,
  parts: (table: TableName) => [partFromRows(table, parts.get(table) ?? [])],
};

const expected: Record<string, number[]> = {
  'bought-twice': [1],
  'new-customers': [2],
  'quiet-90-days': [1],
  'never-bought': [3],
  engaged: [3],
  'joined-this-week': [3],
};

test.each(starterSegments)('$name finds whom its description says', ({ key, rule }) => {
  expect(ruleProblems(rule)).toEqual([]);
  const members = evaluateRule(
    resolveRule(rule, { now, zone: 'UTC', currency: 'GBP', parameters: new Map(), fields: new Map() }),
    view,
  );
  expect([...members.keys()].filter((id) => members[id] === 1)).toEqual(expected[key]);
});

test('each can be saved as it is', () => {
  expect(Object.keys(expected)).toEqual(starterSegments.map(({ key }) => key));
  for (const { name, description, rule } of starterSegments) {
    expect(segmentSchema.parse({ name, description, rule, createdAt: now }).rule).toEqual(rule);
  }
});
