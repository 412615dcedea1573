import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeWorkbook, zipOf } from '#tests/support/workbook.ts';
import { openWorkbook } from './xlsx-rows.ts';
import { isWorkbook, sheetToCsv } from './xlsx-to-csv.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-xlsx-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Buffer): string {
  const path = join(folder, `${Math.trunc(performance.now() * 1000)}.xlsx`);
  writeFileSync(path, bytes);
  return path;
}

async function csvOf(bytes: Buffer, sheet: string | null = null): Promise<string> {
  const text = join(folder, 'out.csv');
  await sheetToCsv(file(bytes), text, sheet);
  return readFileSync(text, 'utf8');
}

test('cells come as people see them: dates, times, fractions, yes and no, long numbers, gaps', async () => {
  const rows = [
    ['Name', 'When', 'Sum', 'Ok'],
    ['Ann "A"', { serial: 45_351 }, 0.1 + 0.2, true],
    ['Bob, Jr.', { serial: 45_351.75 }, 380671234567, false],
    ['', { serial: 1 }, -1e21, ''],
    ['Ім’я\nтак', '', '', ''],
  ];
  expect(await csvOf(writeWorkbook([{ name: 'A', rows }]))).toBe(
    [
      'Name,When,Sum,Ok',
      '"Ann ""A""",2024-02-29,0.3,true',
      '"Bob, Jr.",2024-02-29 18:00:00,380671234567,false',
      ',1900-01-01,-1000000000000000000000',
      '"Ім’я\nтак"',
      '',
    ].join('\n'),
  );
});

test('the first sheet that holds anything is taken, or the one that is asked for', async () => {
  const book = writeWorkbook([
    { name: 'Empty', rows: [['', '']] },
    { name: 'One', rows: [['a']] },
    { name: 'Two', rows: [['b']] },
  ]);
  const text = join(folder, 'out.csv');
  expect(await sheetToCsv(file(book), text, null)).toEqual({ sheet: 'One', sheets: ['Empty', 'One', 'Two'] });
  expect(await csvOf(book, 'Two')).toBe('b\n');
  await expect(csvOf(writeWorkbook([{ name: 'Empty', rows: [] }]))).rejects.toThrow('The workbook is empty.');
  expect(await isWorkbook(file(book))).toBe(true);
  expect(await isWorkbook(file(Buffer.from('a,b\n')))).toBe(false);
});

test('what is no workbook, torn, old or a bomb is refused, and soon', async () => {
  const book = writeWorkbook([{ name: 'A', rows: [['a']] }]);
  await expect(csvOf(zipOf([{ name: 'a.txt', data: Buffer.from('x') }]))).rejects.toThrow(/it has no sheet/);
  await expect(csvOf(book.subarray(0, book.length - 30))).rejects.toThrow(/not readable as an Excel workbook/);
  await expect(isWorkbook(file(Buffer.from('d0cf11e0a1b11ae1', 'hex')))).rejects.toThrow(/an old Excel file/);
  const zeros = Buffer.concat([
    Buffer.from('<sst><si><t>'),
    Buffer.alloc(64 * 1024 ** 2, 0x61),
    Buffer.from('</t></si></sst>'),
  ]);
  const bomb = { name: 'xl/sharedStrings.xml', data: deflateRawSync(zeros), method: 8, size: zeros.length };
  const before = process.memoryUsage().rss;
  await expect(csvOf(writeWorkbook([{ name: 'A', rows: [['a']] }], [bomb]))).rejects.toThrow(/unpacks to more than/);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
  const liar = { ...bomb, size: 100 };
  await expect(csvOf(writeWorkbook([{ name: 'A', rows: [['a']] }], [liar]))).rejects.toThrow(
    /not readable as an Excel/,
  );
  const many = writeWorkbook([{ name: 'A', rows: Array.from({ length: 2000 }, (_, at) => [`row ${at}`]) }]);
  await expect(
    openWorkbook(file(many), 10_000).then(async (opened) => {
      try {
        const [sheet] = opened.sheets;
        if (sheet) for await (const _ of opened.rows(sheet));
      } finally {
        opened.close();
      }
    }),
  ).rejects.toThrow(/unpacks to more than/);
});

test('entities of a document type of its own are not expanded', async () => {
  const laughs = Buffer.from(
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>',
  );
  const book = writeWorkbook([{ name: 'A', rows: [['a']] }], [{ name: 'xl/sharedStrings.xml', data: laughs }]);
  await expect(csvOf(book)).rejects.toThrow(/not readable as an Excel workbook/);
});

test('a large sheet streams: rows come while it is read, and memory stays small', async () => {
  const row = Array.from({ length: 10 }, (_, at) => `value number ${at}`);
  const path = file(writeWorkbook([{ name: 'A', rows: Array.from({ length: 60_000 }, () => row) }]));
  const book = await openWorkbook(path);
  const [sheet] = book.sheets;
  if (!sheet) throw new Error('no sheet');
  const before = process.memoryUsage().heapUsed;
  let rows = 0;
  let most = 0;
  for await (const cells of book.rows(sheet)) {
    rows += cells.length === 10 ? 1 : 0;
    if (rows % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  book.close();
  expect(rows).toBe(60_000);
  expect(most).toBeLessThan(150 * 1024 ** 2);
});
