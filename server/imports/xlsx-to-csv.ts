/** A sheet of a workbook as a text file: from then on it is imported like any other. */
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { csvLine } from './csv-file.ts';
import { openWorkbook, type Sheet, type Workbook } from './xlsx-rows.ts';

/** What a workbook may measure as it is sent. Larger tables come as CSV. */
export const MAX_WORKBOOK = 100 * 1024 ** 2;
/** Excel's own limit. */
const MAX_ROWS = 1_048_576;
const BATCH = 500;

/** What is always so in the text made of a sheet. */
export const sheetFormat = (sheet: string) =>
  ({ encoding: 'utf-8', delimiter: ',', decimal: 'point', sheet }) satisfies Partial<FileFormat>;

const ZIP = 0x504b0304;
/** What Excel wrote before 2007, and wraps workbooks with a password in until today. */
const COMPOUND = 0xd0cf11e0;

/** Whether the file is a ZIP file, as workbooks are. */
export async function isWorkbook(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = bytesRead === 4 ? buffer.readUInt32BE(0) : 0;
    if (start === COMPOUND) {
      throw new UserError(
        'invalid_input',
        'This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV.',
        'file',
      );
    }
    return start === ZIP;
  } finally {
    await file.close();
  }
}

/** Empty cells at the end of a row are no cells of the table. */
async function* lines(workbook: Workbook, sheet: Sheet): AsyncGenerator<string> {
  let batch: string[] = [];
  let count = 0;
  for await (const row of workbook.rows(sheet)) {
    count += 1;
    if (count > MAX_ROWS) throw new UserError('too_large', 'The sheet has too many rows. Send it as CSV.', 'file');
    const filled = row.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (filled === 0) continue;
    batch.push(`${csvLine(row.slice(0, filled))}\n`);
    if (batch.length < BATCH) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}

async function isEmpty(workbook: Workbook, sheet: Sheet): Promise<boolean> {
  for await (const row of workbook.rows(sheet)) if (row.some((cell) => cell.trim() !== '')) return false;
  return true;
}

/** Writes a sheet as text: the named one, else the first that holds anything. Answers which, and all there are. */
export async function sheetToCsv(
  workbookPath: string,
  textPath: string,
  wanted: string | null,
): Promise<{ sheet: string; sheets: string[] }> {
  const { size } = await stat(workbookPath);
  if (size > MAX_WORKBOOK) {
    throw new UserError(
      'too_large',
      `An Excel workbook may have ${MAX_WORKBOOK / 1024 ** 2} MB. Save it as CSV.`,
      'file',
    );
  }
  const workbook = await openWorkbook(workbookPath);
  try {
    let sheet = workbook.sheets.find(({ name }) => name === wanted);
    for (const one of workbook.sheets) if (!sheet && !(await isEmpty(workbook, one))) sheet = one;
    if (!sheet) throw new UserError('invalid_input', 'The workbook is empty.', 'file');
    await pipeline(Readable.from(lines(workbook, sheet)), createWriteStream(textPath, { mode: 0o600 }));
    return { sheet: sheet.name, sheets: workbook.sheets.map(({ name }) => name) };
  } finally {
    workbook.close();
  }
}
