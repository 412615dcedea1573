import { expect, test } from 'vitest';
import type { ContactRow } from '#renderer/data/data-api.ts';
import { createFormat } from '#renderer/ui/format.ts';
import { contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { must } from '#shared/kernel/assert.ts';
import { cellText, cellTitle, columnsFor, gridColumn, gridColumns } from './contact-columns.ts';

const format = createFormat({ zone: 'Europe/Kyiv', currency: 'GBP' });
const blank = Object.fromEntries(contactFieldKeys.map((key) => [key, null])) as Record<
  (typeof contactFieldKeys)[number],
  null
>;
const row: ContactRow = {
  ...blank,
  id: 7,
  firstName: 'Олена',
  emailStatus: 'none',
  createdAt: Date.parse('2026-01-31T23:00:00Z'),
  orderCount: 1204,
  revenue: 89_114_000,
  lastOrderAt: null,
  fields: {},
};
const text = (id: string, of: ContactRow = row) => cellText(of, must(gridColumn(id), id), format);

test('who does not see names sees contacts by number, and no empty columns of names', () => {
  const ids = columnsFor(false).map(({ id }) => id);
  expect(ids[0]).toBe('id');
  for (const personal of ['email', 'firstName', 'lastName', 'externalCustomerId', 'phone', 'address', 'town']) {
    expect(ids).not.toContain(personal);
  }
  expect(ids).toEqual(expect.arrayContaining(['country', 'emailStatus', 'orderCount', 'revenue']));
  expect(text('id')).toBe('Contact 7');
});

test('every field and figure has exactly one column', () => {
  const ids = gridColumns.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual([...contactFieldKeys, 'orderCount', 'revenue', 'lastOrderAt'].toSorted());
});

test('cells are written in the workspace’s way, empty ones as nothing', () => {
  expect(text('firstName')).toBe('Олена');
  expect(text('orderCount')).toBe('1,204');
  expect(text('revenue')).toBe('£8,911.40');
  expect(text('createdAt')).toBe('1 Feb 2026');
  for (const id of ['lastName', 'lastOrderAt', 'emailStatus', 'phone']) expect(text(id)).toBe('');
  expect(text('orderCount', { ...row, orderCount: 0, revenue: 0 })).toBe('');
  expect(text('revenue', { ...row, orderCount: 0, revenue: 0 })).toBe('');
});

test('a date’s tooltip has the time and how long ago', () => {
  const now = Date.parse('2026-02-03T23:00:00Z');
  expect(cellTitle(row, must(gridColumn('createdAt'), 'createdAt'), format, now)).toBe(
    '1 Feb 2026, 01:00 (Europe/Kyiv) · 3 days ago',
  );
  expect(cellTitle(row, must(gridColumn('lastOrderAt'), 'lastOrderAt'), format, now)).toBeUndefined();
});

test('a column of another version is ignored', () => {
  expect(gridColumn('shoeSize')).toBeNull();
});
