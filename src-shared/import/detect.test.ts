import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delimiters, detectDelimiter } from './delimiters.ts';
import { columnNames, detectDateOrder, detectDecimal, detectHeaderRow } from './detect-cells.ts';

const word = fc.stringMatching(/^[a-zа-я0-9 .@-]{1,12}$/);
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test('the delimiter of a regular file is found, whatever its quoted cells hold', () => {
  const table = fc.integer({ min: 2, max: 8 }).chain((width) =>
    fc.tuple(
      fc.array(fc.stringMatching(/^[a-zа-я]{1,9}$/), { minLength: width, maxLength: width }),
      fc.array(
        fc.array(fc.oneof(word, fc.constantFrom('a,b', 'x;y', 'p|q', 'two\nlines', 'say "hi"')), {
          minLength: width,
          maxLength: width,
        }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
    ),
  );
  fc.assert(
    fc.property(table, fc.constantFrom(...delimiters), ([header, rows], delimiter) => {
      const text = [header.join(delimiter), ...rows.map((row) => row.map(quoted).join(delimiter))].join('\r\n');
      expect(detectDelimiter(`${text}\n`)).toBe(delimiter);
    }),
  );
});

test.each([
  ['name;sum\nAnna;1,5\nBob;2,50\nCid;3,75\n', ';'],
  ['sep=|\na,b|c\n1,5|2\n', '|'],
  ['email\na@x.org\nb@x.org\n', ','],
  ['a,b;c\n1,2;3\n1,2;3\n', ','],
  ['a\tb\n1\t2', '\t'],
  ['Name;Sum;Date\nA;1,5;1\nB;2,5\nC;3,5;1;extra\nD;1,7;2\n', ';'],
])('%j has %j', (text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});

test('the record that names the columns is found below titles, and missed where there is none', () => {
  expect(
    detectHeaderRow([
      ['Email', 'Name'],
      ['a@x.org', 'Ann'],
    ]),
  ).toBe(0);
  expect(
    detectHeaderRow([
      ['Contacts of May', '', ''],
      ['Email', 'Name', 'Town'],
      ['a@x.org', 'Ann', 'Kyiv'],
    ]),
  ).toBe(1);
  expect(
    detectHeaderRow([
      ['a@x.org', 'Ann'],
      ['b@x.org', 'Bob'],
    ]),
  ).toBeNull();
  expect(detectHeaderRow([['+380671234567', 'Ann']])).toBeNull();
  expect(detectHeaderRow([['Phone 2', 'Name']])).toBe(0);
  expect(detectHeaderRow([])).toBe(0);
});

test('decimals and the order of dates are told by what leaves no choice', () => {
  expect(detectDecimal([['1,5'], ['12.03.2024']], ';')).toBe('comma');
  expect(detectDecimal([['1 234,50'], ['7']], ',')).toBe('comma');
  expect(detectDecimal([['1,234.5'], ['a,5']], ',')).toBe('point');
  expect(detectDecimal([['1,234']], ',')).toBe('point');
  expect(detectDecimal([['1,234']], ';')).toBe('comma');
  expect(detectDateOrder([['13/1/2024'], ['1/2/2024']])).toBe('dmy');
  expect(detectDateOrder([['1/13/2024']])).toBe('mdy');
  expect(detectDateOrder([['1/2/2024'], ['2024-01-13'], ['13.01.2024']])).toBeNull();
  expect(detectDateOrder([['1/13/2024'], ['13/1/2024']])).toBeNull();
});

test('columns are told apart by name', () => {
  expect(columnNames(['Tags', ' Tags', '', 'Tags (2)'], 5)).toEqual([
    'Tags',
    'Tags (2)',
    'Column 3',
    'Tags (2) (2)',
    'Column 5',
  ]);
  expect(columnNames(null, 2)).toEqual(['Column 1', 'Column 2']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'a (2)', ' a', '', 'Column 2', 'b')), (names) => {
      const found = columnNames(names, names.length);
      expect(new Set(found).size).toBe(names.length);
    }),
  );
});
