import { expect, test } from 'vitest';
import { tableToCsv } from './chart-table.ts';

test('a chart table becomes RFC 4180 text with quoted commas and quotes', () => {
  const csv = tableToCsv({
    columns: [
      { label: 'Day', numeric: false },
      { label: 'Net, GBP', numeric: true },
    ],
    rows: [
      ['2011-12-09', 196.1],
      ['say "hi"', null],
    ],
  });
  expect(csv).toBe('Day,"Net, GBP"\r\n2011-12-09,196.1\r\n"say ""hi""",\r\n');
});

test('text that a spreadsheet would run is disarmed, negative amounts are not', () => {
  const csv = tableToCsv({
    columns: [{ label: 'A', numeric: false }],
    rows: [['=1+1'], ['@x'], ['-12.50'], ['-a'], [-3]],
  });
  expect(csv).toBe("A\r\n'=1+1\r\n'@x\r\n-12.50\r\n'-a\r\n-3\r\n");
});
