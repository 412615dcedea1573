/** Reads delimited text files (.csv, .csv.gz, of any encoding) as a stream of records with file line numbers. */
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { detectDelimiter, saidDelimiter } from '#shared/import/delimiters.ts';
import { columnNames, detectDateOrder, detectDecimal, detectHeaderRow } from '#shared/import/detect-cells.ts';
import { detectEncoding } from '#shared/import/encodings.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { openText, readStart } from './text-bytes.ts';

export type CsvRecord = {
  /** Line of the file the record begins on; the first is line 1. */
  line: number;
  cells: string[];
};

export type CsvFile = {
  format: FileFormat;
  columns: string[];
  /** Size of the file as it lies on disk. */
  size: number;
  /** All records below the header. `onBytes` hears how far the file on disk has been read. */
  records(onBytes?: (read: number) => void): AsyncGenerator<CsvRecord, void, undefined>;
  /** The whole text in UTF-8, not taken apart. */
  text(): Promise<Readable>;
};

const MAX_RECORD = 1024 * 1024;
const SAMPLE = 256 * 1024;
const SAMPLE_ROWS = 500;

function newlines(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1;
  return count;
}

async function* readRecords(
  path: string,
  { encoding, delimiter }: Pick<FileFormat, 'encoding' | 'delimiter'>,
  { fromLine = 1, onBytes }: { fromLine?: number; onBytes?: (read: number) => void } = {},
): AsyncGenerator<CsvRecord, void, undefined> {
  const text = await openText(path, encoding, onBytes);
  const parser = parse({
    bom: true,
    delimiter,
    from_line: fromLine,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
  });
  pipeline(text, parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines - newlines(record), cells: record };
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new UserError('invalid_input', `The file is not readable as CSV: ${error.message}.`, 'file');
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new UserError('invalid_input', 'The file is damaged: it cannot be decompressed to its end.', 'file');
    }
    throw error;
  }
}

const decode = (bytes: Uint8Array, encoding: FileFormat['encoding']): string => new TextDecoder(encoding).decode(bytes);

/** The first records under a format, and the line the table begins on: Excel may name the delimiter in one of its own. */
async function sampleOf(
  path: string,
  format: Pick<FileFormat, 'encoding' | 'delimiter'>,
  start: string,
): Promise<{ rows: string[][]; fromLine: number }> {
  const fromLine = saidDelimiter(start) === null ? 1 : 2;
  const rows: string[][] = [];
  for await (const { cells } of readRecords(path, format, { fromLine })) {
    rows.push(cells);
    if (rows.length >= SAMPLE_ROWS) break;
  }
  return { rows, fromLine };
}

/** Opens a file. What the caller does not say of its format is guessed by its first records. */
export async function openCsvFile(path: string, given: Partial<FileFormat> = {}): Promise<CsvFile> {
  const bytes = await readStart(path, SAMPLE);
  const encoding = given.encoding ?? detectEncoding(bytes, decode);
  const start = decode(bytes, encoding);
  const delimiter = given.delimiter ?? detectDelimiter(start);
  const { rows, fromLine } = await sampleOf(path, { encoding, delimiter }, start);
  const headerRow = given.headerRow === undefined ? detectHeaderRow(rows) : given.headerRow;
  const below = rows.slice(headerRow === null ? 0 : headerRow + 1);
  const format: FileFormat = {
    encoding,
    delimiter,
    headerRow,
    decimal: given.decimal ?? detectDecimal(below, delimiter),
    dateOrder: given.dateOrder === undefined ? detectDateOrder(below) : given.dateOrder,
    sheet: given.sheet ?? null,
  };
  const header = headerRow === null ? null : rows[headerRow];
  const first = header ?? rows[0];
  if (!first) throw new UserError('invalid_input', 'The file is empty: its first line must name the columns.', 'file');
  const { size } = await stat(path);
  return {
    format,
    columns: columnNames(header ?? null, first.length),
    size,
    async *records(onBytes) {
      let above = headerRow === null ? 0 : headerRow + 1;
      for await (const record of readRecords(path, format, { fromLine, ...(onBytes ? { onBytes } : {}) })) {
        if (above > 0) above -= 1;
        else yield record;
      }
    },
    text: () => openText(path, encoding),
  };
}

const special = /["\n\r]/;

/** One record as a line of text in the file's own delimiter. */
export function csvLine(cells: readonly (string | number)[], delimiter = ','): string {
  return cells
    .map((cell) => {
      const text = String(cell);
      return special.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(delimiter);
}
