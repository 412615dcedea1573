import { expect, test } from 'vitest';
import { importFields } from '#shared/api/import.schema.ts';
import {
  assignColumn,
  type Known,
  mappingForKind,
  mappingProblem,
  sampleValues,
  targetChoices,
  targetLabel,
  targetOfColumn,
  unusedColumns,
} from './targets.ts';

const known: Known = { fields: new Map(), categories: [{ id: 'category:news', name: 'News' }] };
const info = {
  columns: ['InvoiceNo', 'Country', 'Notes'],
  sample: [
    ['536365', 'United Kingdom', ''],
    ['536366', 'United Kingdom', ' '],
    ['536367', 'France', 'fragile'],
  ],
  kind: 'orders' as const,
  map: { externalOrderId: 'InvoiceNo', 'contact.country': 'Country' },
};

test('everything a column can become has words of its own', () => {
  for (const kind of ['contacts', 'orders'] as const) {
    const all = targetChoices(kind, known).flatMap(({ items }) => items);
    expect(all.map(({ value }) => value)).toEqual(
      expect.arrayContaining([...importFields[kind].required, ...importFields[kind].optional]),
    );
    expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
    expect(all.filter(({ label }) => /[a-z][A-Z]|\.|^category:/.test(label))).toEqual([]);
  }
  expect(targetLabel('orders', 'contact.country', known)).toBe('Contact: Country');
  expect(targetLabel('contacts', 'furtherEmail#2', known)).toBe('Further email');
});

test('what is missing is named', () => {
  expect(mappingProblem('orders', info.map, known)).toBe(
    'Say which column is: Order date, Item ID, Quantity, Price of one.',
  );
  expect(mappingProblem('contacts', { firstName: 'Name' }, known)).toMatch(/External ID, the email or the phone/);
  expect(mappingProblem('contacts', { email: 'E-mail' }, known)).toBeNull();
});

test('a column becomes one thing, and most things are one column', () => {
  expect(assignColumn({ email: 'A' }, 'B', 'email')).toEqual({ email: 'B' });
  expect(assignColumn({ email: 'A' }, 'A', 'firstName')).toEqual({ firstName: 'A' });
  expect(assignColumn({ email: 'A' }, 'A', null)).toEqual({});
  const two = assignColumn(assignColumn({}, 'B', 'furtherEmail'), 'C', 'furtherEmail');
  expect(two).toEqual({ furtherEmail: 'B', 'furtherEmail#2': 'C' });
  expect(targetOfColumn(two, 'C')).toBe('furtherEmail');
  expect(targetOfColumn(two, 'D')).toBeNull();
});

test('changing the kind keeps the contact’s columns, and going back the guess', () => {
  const contacts = mappingForKind('contacts', info, info.map);
  expect(contacts).toEqual({ country: 'Country' });
  expect(mappingForKind('orders', { ...info, kind: 'contacts' }, contacts)).toEqual({ 'contact.country': 'Country' });
  expect(mappingForKind('orders', info, contacts)).toEqual(info.map);
});

test('samples show distinct values that are there, and unused columns are named', () => {
  expect(sampleValues(info, 'Country', 3)).toEqual(['United Kingdom', 'France']);
  expect(sampleValues(info, 'Notes', 3)).toEqual(['fragile']);
  expect(sampleValues(info, 'Nothing', 3)).toEqual([]);
  expect(unusedColumns(info, info.map)).toEqual(['Notes']);
});
