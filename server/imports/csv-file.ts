/** Reads delimited text files (.csv, .csv.gz, UTF-8, with or without BOM) as a stream of records with file line numbers. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '#shared/kernel/errors.ts';

export type CsvRecord = {
  /** Line of the file the record begins on; the header is line 1. */
  line: number;
  cells: string[];
};

export type CsvFile = {
  delimiter: string;
  columns: string[];
  /** Size of the file as it lies on disk. */
  size: number;
  /** All records after the header. `onBytes` hears how far the file on disk has been read. */
  records(onBytes?: (read: number) => void): AsyncGenerator<CsvRecord, void, undefined>;
};

const MAX_RECORD = 1024 * 1024;

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The text of the file as a stream of bytes; an error on the way reaches the reader. */
async function openBytes(path: string, onBytes?: (read: number) => void): Promise<Readable> {
  const through = (await isGzip(path)) ? createGunzip() : new PassThrough();
  // Listening makes the file flow: nothing may be awaited before it has somewhere to flow to.
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (onBytes) file.on('data', () => onBytes(file.bytesRead));
  return pipeline(file, through, () => undefined);
}

/** The delimiter that occurs most in the first line, outside quotes. */
export function detectDelimiter(start: string): string {
  const counts: Record<string, number> = { ',': 0, ';': 0, '\t': 0 };
  let quoted = false;
  for (const char of start) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted && counts[char] !== undefined) counts[char] += 1;
  }
  let best = ',';
  for (const [delimiter, count] of Object.entries(counts)) if (count > (counts[best] ?? 0)) best = delimiter;
  return best;
}

async function readStart(path: string): Promise<string> {
  const bytes = await openBytes(path);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= 64 * 1024) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

function newlines(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1;
  return count;
}

async function* readRecords(
  path: string,
  delimiter: string,
  onBytes?: (read: number) => void,
): AsyncGenerator<CsvRecord, void, undefined> {
  const bytes = await openBytes(path, onBytes);
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
  });
  pipeline(bytes, parser, () => undefined);
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

/** Opens a file and reads its header. */
export async function openCsvFile(path: string): Promise<CsvFile> {
  const delimiter = detectDelimiter(await readStart(path));
  const { size } = await stat(path);
  let columns: string[] | undefined;
  for await (const { cells } of readRecords(path, delimiter)) {
    columns = cells.map((name) => name.trim());
    break;
  }
  if (!columns)
    throw new UserError('invalid_input', 'The file is empty: its first line must name the columns.', 'file');
  return {
    delimiter,
    columns,
    size,
    async *records(onBytes) {
      let header = true;
      for await (const record of readRecords(path, delimiter, onBytes)) {
        if (header) header = false;
        else yield record;
      }
    },
  };
}

/** One record as a line of CSV, for the rejects. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells
    .map((cell) => (/[",\n\r;\t]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell)))
    .join(',');
}
