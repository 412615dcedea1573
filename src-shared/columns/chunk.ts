/**
 * The binary form of a chunk. It is read where it lies: typed arrays view the received buffer, and a column's texts are
 * decoded when somebody first looks at them.
 *
 *   16 bytes   magic, format version, length of the header, 0 (u32, little endian)
 *   header     JSON (see chunkHeader), padded with spaces to a multiple of 8
 *   data       arrays, each at a multiple of 8 from the start of the data
 *
 * Equal rows give equal bytes, so that an unchanged chunk keeps its hash.
 */
import { z } from 'zod';
import { assert } from '#shared/kernel/assert.ts';
import { type Codes, dictColumn } from './dictionary.ts';
import { EMPTY_U32 } from './numbers.ts';
import { type PackedColumn, packRows, type RowSet, specOf } from './rows.ts';
import { type Cell, type TableName, tableNames, tables } from './tables.ts';
import type { Column, TablePart } from './view.ts';

export const CHUNK_VERSION = 1;
const MAGIC = 0x4b48_434d;
const PREFIX_BYTES = 16;

const place = z.tuple([z.int().min(0), z.int().min(0)]);
const columnHeader = z.discriminatedUnion('type', [
  z.object({ type: z.literal('u32'), base: z.number(), hasEmpty: z.boolean(), data: place }),
  z.object({ type: z.literal('f64'), hasEmpty: z.boolean(), data: place }),
  z.object({
    type: z.literal('dict'),
    size: z.int().min(0),
    width: z.union([z.literal(1), z.literal(2), z.literal(4)]),
    codes: place,
    values: place,
    /** Null when folding changes no text. */
    folded: place.nullable(),
  }),
]);
const chunkHeader = z.object({
  table: z.enum(tableNames),
  index: z.int().min(0),
  rows: z.int().min(0),
  live: place.nullable(),
  minAt: z.number().nullable(),
  maxAt: z.number().nullable(),
  columns: z.record(z.string(), columnHeader),
});
type ColumnHeader = z.infer<typeof columnHeader>;

/** The bytes are no chunk this build can read. */
export class ChunkError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`Unreadable chunk: ${reason}`, options);
    this.name = 'ChunkError';
  }
}

/**
 * Names the format and the columns of a table: a chunk written under another name must be built anew. Optional columns
 * are not part of it: a chunk from before there were any reads as one in which they are empty.
 */
export function layoutOf(table: TableName): string {
  return `${CHUNK_VERSION}:${Object.entries(tables[table].columns).join(';')}`;
}

const encoder = new TextEncoder();

type Bytes = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Collects arrays at multiples of 8. */
class DataWriter {
  readonly #arrays: { at: number; array: Bytes }[] = [];
  size = 0;

  /** Answers [offset, number of elements]. */
  add(array: Bytes): [number, number] {
    const at = this.size;
    this.#arrays.push({ at, array });
    this.size += Math.ceil(array.byteLength / 8) * 8;
    return [at, array.length];
  }

  writeTo(target: Uint8Array, from: number): void {
    for (const { at, array } of this.#arrays) {
      target.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), from + at);
    }
  }
}

/**
 * Encodes the rows of chunk `index`, in any order. A dense table's keys become positions; keys that are not given are
 * not live.
 */
export function encodeChunk(table: TableName, index: number, set: RowSet): Uint8Array<ArrayBuffer> {
  const spec = specOf(table);
  const first = index * spec.span;
  for (const key of set.keys)
    assert(key >= first && key < first + spec.span, `key ${key} lies in chunk ${index} of ${table}`);
  const dense = spec.dense ? spread(set, first) : null;
  const packed = packRows(table, dense ? dense.set : set);
  const writer = new DataWriter();
  const live = dense ? writer.add(dense.live) : null;
  const columns: Record<string, ColumnHeader> = {};
  for (const [name, column] of Object.entries(packed.columns)) columns[name] = writeColumn(column, writer);
  const { rows, minAt, maxAt } = packed;
  const header = encoder.encode(JSON.stringify({ table, index, rows, live, minAt, maxAt, columns }));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + writer.size);
  new Uint32Array(bytes.buffer, 0, 4).set([MAGIC, CHUNK_VERSION, headerBytes, 0]);
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  bytes.set(header, PREFIX_BYTES);
  writer.writeTo(bytes, PREFIX_BYTES + headerBytes);
  return bytes;
}

/** Lays rows out by position, with empty cells for the gaps. */
function spread(set: RowSet, first: number): { set: RowSet; live: Uint8Array } {
  const rows = set.keys.reduce((most, key) => Math.max(most, key - first + 1), 0);
  const live = new Uint8Array(rows);
  for (const key of set.keys) live[key - first] = 1;
  const cells: Record<string, Cell[]> = {};
  for (const [name, source] of Object.entries(set.cells)) {
    const target = new Array<Cell>(rows).fill(null);
    set.keys.forEach((key, row) => {
      target[key - first] = source[row] ?? null;
    });
    cells[name] = target;
  }
  return { set: { keys: Array.from(live, (_, position) => first + position), cells }, live };
}

function writeColumn(column: PackedColumn, writer: DataWriter): ColumnHeader {
  if (column.type === 'number') {
    const hasEmpty = column.empty !== null;
    const data = writer.add(column.data);
    return column.data instanceof Uint32Array
      ? { type: 'u32', base: column.base, hasEmpty, data }
      : { type: 'f64', hasEmpty, data };
  }
  const { codes, size, values, folded } = column;
  const width = codes instanceof Uint8Array ? 1 : codes instanceof Uint16Array ? 2 : 4;
  return {
    type: 'dict',
    size,
    width,
    codes: writer.add(codes),
    values: writer.add(encoder.encode(values)),
    folded: folded === values ? null : writer.add(encoder.encode(folded)),
  };
}

/** Views a chunk without copying (one copy when the bytes do not start at a multiple of 8). Throws ChunkError. */
export function decodeChunk(received: Uint8Array): TablePart & { table: TableName; index: number } {
  const bytes = received.byteOffset % 8 === 0 ? received : received.slice();
  if (bytes.length < PREFIX_BYTES) throw new ChunkError('it is shorter than its prefix');
  const [magic, version, headerBytes = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
  if (magic !== MAGIC) throw new ChunkError('it does not begin like a chunk');
  if (version !== CHUNK_VERSION) throw new ChunkError(`format ${version}, this build reads ${CHUNK_VERSION}`);
  const start = PREFIX_BYTES + headerBytes;
  if (headerBytes % 8 !== 0 || start > bytes.length) throw new ChunkError('its header is cut off');
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, start));
  const read = new DataReader(bytes, start);
  const spec = specOf(header.table);
  const columns: Record<string, Column> = {};
  for (const name of Object.keys({ ...spec.columns, ...(spec.open ? header.columns : spec.optional) })) {
    const column = header.columns[name];
    if (!column && !(name in spec.columns)) continue;
    if (!column) throw new ChunkError(`column ${name} is missing`);
    columns[name] = readColumn(column, header.rows, read);
  }
  const live = header.live ? read.u8(header.live) : null;
  if (spec.dense && live?.length !== header.rows) throw new ChunkError('a dense table without its live rows');
  const owner = spec.owner === null ? undefined : columns[spec.owner];
  const keys = owner?.type === 'number' && owner.data instanceof Uint32Array && owner.base === 0 ? owner.data : null;
  if (!spec.dense && !keys) throw new ChunkError('it has no keys');
  return {
    table: header.table,
    index: header.index,
    rows: header.rows,
    keys,
    first: header.index * spec.span,
    columns,
    live,
    masked: null,
    minAt: header.minAt,
    maxAt: header.maxAt,
    sorted: spec.time !== null,
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseHeader(bytes: Uint8Array): z.infer<typeof chunkHeader> {
  try {
    return chunkHeader.parse(JSON.parse(utf8.decode(bytes)));
  } catch (cause) {
    throw new ChunkError('its header is damaged', { cause });
  }
}

function readColumn(header: ColumnHeader, rows: number, read: DataReader): Column {
  const sized = <T extends Bytes>(array: T): T => {
    if (array.length !== rows) throw new ChunkError('a column is not as long as the chunk');
    return array;
  };
  switch (header.type) {
    case 'u32':
      return {
        type: 'number',
        data: sized(read.u32(header.data)),
        base: header.base,
        empty: header.hasEmpty ? EMPTY_U32 : null,
      };
    case 'f64':
      return {
        type: 'number',
        data: sized(read.f64(header.data)),
        base: 0,
        empty: header.hasEmpty ? Number.NaN : null,
      };
    case 'dict': {
      const codes: Codes =
        header.width === 1
          ? read.u8(header.codes)
          : header.width === 2
            ? read.u16(header.codes)
            : read.u32(header.codes);
      const values = read.u8(header.values);
      const folded = header.folded ? read.u8(header.folded) : null;
      return dictColumn(
        sized(codes),
        header.size,
        () => utf8.decode(values),
        folded ? () => utf8.decode(folded) : null,
      );
    }
  }
}

/** Views arrays inside the data, checking that they lie there. */
class DataReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#start = start;
  }

  #at([offset, length]: [number, number], width: number): [ArrayBufferLike, number, number] {
    if (offset % 8 !== 0 || this.#start + offset + length * width > this.#bytes.length) {
      throw new ChunkError('a column lies outside of it');
    }
    return [this.#bytes.buffer, this.#bytes.byteOffset + this.#start + offset, length];
  }

  u8 = (at: [number, number]) => new Uint8Array(...this.#at(at, 1));
  u16 = (at: [number, number]) => new Uint16Array(...this.#at(at, 2));
  u32 = (at: [number, number]) => new Uint32Array(...this.#at(at, 4));
  f64 = (at: [number, number]) => new Float64Array(...this.#at(at, 8));
}
