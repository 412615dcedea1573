import { expect, test } from 'vitest';
import { csvCell, csvLine } from './csv-export.ts';

test('what a spreadsheet would run is made text; phones and numbers stay as they are', () => {
  expect(csvCell('=1+1')).toBe("'=1+1");
  expect(csvCell('@sum')).toBe("'@sum");
  expect(csvCell('+cmd|calc')).toBe("'+cmd|calc");
  expect(csvCell('+380 67 123 45 67')).toBe('+380 67 123 45 67');
  expect(csvCell('-12.5')).toBe('-12.5');
});

test('quotes, commas and line breaks are quoted', () => {
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', ''])).toBe('"a,b","say ""hi""","two\nlines",\r\n');
});
