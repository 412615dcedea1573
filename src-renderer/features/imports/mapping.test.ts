import { expect, test } from 'vitest';
import { importFields, importKinds, type UploadInfo } from '#shared/api/import.schema.ts';
import {
  assign,
  fieldLabel,
  fieldsOf,
  mappingForKind,
  mappingProblem,
  sampleValues,
  unusedColumns,
} from './mapping.ts';

const info: UploadInfo = {
  id: 'u1',
  fileName: 'orders.csv',
  columns: ['InvoiceNo', 'Country', 'Notes'],
  sample: [
    ['536365', 'United Kingdom', ''],
    ['536366', 'United Kingdom', ' '],
    ['536367', 'France', 'fragile'],
  ],
  kind: 'orders',
  map: { externalOrderId: 'InvoiceNo', 'contact.country': 'Country' },
};

test('every field has words instead of its key', () => {
  for (const kind of importKinds) {
    const fields = fieldsOf(kind).map(({ field }) => field);
    expect(fields).toEqual([...importFields[kind].required, ...importFields[kind].optional]);
    const labels = fields.map((field) => fieldLabel(kind, field));
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.filter((label) => /[a-z][A-Z]|\./.test(label))).toEqual([]);
  }
  expect(fieldLabel('orders', 'contact.country')).toBe('Contact: Country');
  expect(fieldLabel('contacts', 'languageCode')).toBe('Language');
});

test('what is missing is named', () => {
  expect(mappingProblem('orders', info.map)).toBe('Choose a column for Order date, Item ID, Quantity, Price of one.');
  expect(mappingProblem('contacts', { firstName: 'Name' })).toMatch(/External ID, Email or Phone/);
  expect(mappingProblem('contacts', { email: 'E-mail' })).toBeNull();
});

test('changing the kind keeps the contact’s columns, and going back the guess', () => {
  const contacts = mappingForKind('contacts', info, info.map);
  expect(contacts).toEqual({ country: 'Country' });
  expect(mappingForKind('orders', { ...info, kind: 'contacts' }, contacts)).toEqual({ 'contact.country': 'Country' });
  expect(mappingForKind('orders', info, contacts)).toEqual(info.map);
});

test('samples show distinct values that are there', () => {
  expect(sampleValues(info, 'Country', 3)).toEqual(['United Kingdom', 'France']);
  expect(sampleValues(info, 'Notes', 3)).toEqual(['fragile']);
  expect(sampleValues(info, 'Nothing', 3)).toEqual([]);
});

test('columns are given and taken', () => {
  expect(unusedColumns(info, info.map)).toEqual(['Notes']);
  expect(assign(info.map, 'status', 'Notes').status).toBe('Notes');
  expect(assign(info.map, 'contact.country', null)).toEqual({ externalOrderId: 'InvoiceNo' });
});
