import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeChunk } from '#shared/columns/chunk.ts';
import { type RowSet, specOf } from '#shared/columns/rows.ts';
import type { Cell, TableName } from '#shared/columns/tables.ts';

/** Rows as PostgreSQL answered them: a JSON array for the keys and one for each column; null where there are no rows. */
export type RowTexts = { keys: string | null; cells: Readonly<Record<string, string | null>> };

export function parseRows({ keys, cells }: RowTexts): RowSet {
  const parsed: Record<string, Cell[]> = {};
  for (const [name, text] of Object.entries(cells)) parsed[name] = text === null ? [] : JSON.parse(text);
  const numbers: (number | string)[] = keys === null ? [] : JSON.parse(keys);
  return { keys: numbers.map(Number), cells: parsed };
}

export type EncodeJob = {
  table: TableName;
  index: number;
  rows: RowTexts;
  /** Hash of the bytes that are stored already. */
  known: string | null;
};
export type EncodedChunk = {
  hash: string;
  rows: number;
  /** Size of the chunk before gzip. */
  bytes: number;
  /** Times between which the rows lie, both inclusive. */
  from: number | null;
  to: number | null;
  /** gzip; null when there is nothing to store. */
  data: Uint8Array<ArrayBuffer> | null;
};

/** From rows to what is stored. Takes up to a second for a full chunk: see chunk-encoder.ts. */
export function encodeRows({ table, index, rows, known }: EncodeJob): EncodedChunk {
  const set = parseRows(rows);
  const bytes = encodeChunk(table, index, set);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const isNew = hash !== known && set.keys.length > 0;
  return {
    hash,
    rows: set.keys.length,
    bytes: bytes.length,
    ...timesOf(table, set),
    data: isNew ? new Uint8Array(gzipSync(bytes)) : null,
  };
}

function timesOf(table: TableName, { cells }: RowSet): { from: number | null; to: number | null } {
  const { time } = specOf(table);
  let from: number | null = null;
  let to: number | null = null;
  for (const at of (time === null ? undefined : cells[time]) ?? []) {
    if (typeof at !== 'number') continue;
    if (from === null || at < from) from = at;
    if (to === null || at > to) to = at;
  }
  return { from, to };
}
