import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { ChunkError, decodeChunk, encodeChunk } from './chunk.ts';
import { buildDictionary, dictColumn } from './dictionary.ts';
import { columnsOf, maskPart, partFromRows, rowsOf, specOf } from './rows.ts';
import { type Cell, type ColumnKind, type TableName, type TailRow, tableNames } from './tables.ts';
import type { DictColumn } from './view.ts';

const storable = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((text) => !text.includes('\u0000') && text.isWellFormed());
const text = fc.oneof(
  storable,
  fc.constantFrom('', '👍 Großer İstanbul', 'ﬁne', 'ΑΣ', '\uFEFFmark', 'A', 'a', 'same', 'SAME'),
);
const instant = fc.oneof(
  fc.integer({ min: 1_600_000_000_000, max: 1_600_000_500_000 }),
  fc.integer({ min: 0, max: 4e12 }),
);
const money = fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.maxSafeInteger());

function cellOf(kind: ColumnKind, required: boolean): fc.Arbitrary<Cell> {
  const full: fc.Arbitrary<Cell> =
    kind === 'text' || kind === 'choice'
      ? text
      : kind === 'u32'
        ? fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 0xffff_ffff }))
        : kind === 'instant'
          ? instant
          : money;
  return required ? full : fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 4, arbitrary: full });
}

/** Rows of one chunk; a row's key is also in its owner column. */
function rowsFor(table: TableName, index: number): fc.Arbitrary<TailRow[]> {
  const spec = specOf(table);
  const cells = fc.record(
    Object.fromEntries(Object.entries(spec.columns).map(([name, kind]) => [name, cellOf(kind, name === spec.time)])),
  );
  const key = fc.integer({ min: index * spec.span, max: index * spec.span + 300 });
  return fc
    .uniqueArray(fc.tuple(key, cells), { selector: ([id]) => id, maxLength: 40 })
    .map((rows) =>
      rows.map(([id, row]) => ({ key: id, cells: spec.owner === null ? row : { ...row, [spec.owner]: id } })),
    );
}

const byKey = (rows: TailRow[]) => rows.toSorted((a, b) => a.key - b.key);
const anyRows = fc
  .tuple(fc.constantFrom(...tableNames), fc.nat(3))
  .chain(([table, index]) => fc.tuple(fc.constant(table), fc.constant(index), rowsFor(table, index)));

test('a decoded chunk holds exactly the rows that were encoded, for every table and kind', () => {
  fc.assert(
    fc.property(anyRows, ([table, index, rows]) => {
      const part = decodeChunk(encodeChunk(table, index, columnsOf(table, rows)));
      expect(part.table).toBe(table);
      expect(part.index).toBe(index);
      expect(byKey(rowsOf(part))).toEqual(byKey(rows));
    }),
    { numRuns: 300 },
  );
});

test('an event without parameters costs what it cost before there were any, and some cost only their own columns', () => {
  const row = (key: number, more: TailRow['cells'] = {}): TailRow => ({
    key,
    cells: { rowId: key, contactId: 1, at: 1_700_000_000_000 + key, type: 'open', ...more },
  });
  const plain = [1, 2, 3].map((key) => row(key));
  const empty = Object.fromEntries(Object.keys(specOf('event').optional ?? {}).map((name) => [name, null]));
  const bytes = encodeChunk('event', 0, columnsOf('event', plain));
  expect(
    encodeChunk(
      'event',
      0,
      columnsOf(
        'event',
        plain.map(({ key }) => row(key, empty)),
      ),
    ),
  ).toEqual(bytes);
  expect(Object.keys(decodeChunk(bytes).columns)).toEqual(['rowId', 'contactId', 'at', 'type']);
  const some = [row(1), row(2, { text3: 'Acme', number0: 12.5 }), row(3, { number0: -1e14 })];
  const part = decodeChunk(encodeChunk('event', 0, columnsOf('event', some)));
  expect(Object.keys(part.columns)).toEqual(['rowId', 'contactId', 'at', 'type', 'text3', 'number0']);
  expect(rowsOf(part).map(({ cells }) => [cells.text3, cells.number0])).toEqual([
    [null, null],
    ['Acme', 12.5],
    [null, -1e14],
  ]);
});

test('rows of a timed table are in time order, with the bounds in the part', () => {
  fc.assert(
    fc.property(rowsFor('order', 0), (rows) => {
      const part = decodeChunk(encodeChunk('order', 0, columnsOf('order', rows)));
      const times = rowsOf(part).map((row) => Number(row.cells.at));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect([part.minAt, part.maxAt]).toEqual([times[0] ?? null, times.at(-1) ?? null]);
      expect(part.sorted).toBe(true);
    }),
  );
});

test('equal rows give equal bytes in whatever order they come', () => {
  fc.assert(
    fc.property(anyRows, ([table, index, rows]) => {
      const bytes = encodeChunk(table, index, columnsOf(table, rows));
      expect(encodeChunk(table, index, columnsOf(table, rows.toReversed()))).toEqual(bytes);
    }),
  );
});

test('a chunk is viewed where it lies, also at an odd offset', () => {
  const rows: TailRow[] = [{ key: 7, cells: { rowId: 7, contactId: 1, at: 5, type: 'open' } }];
  const bytes = encodeChunk('event', 0, columnsOf('event', rows));
  const part = decodeChunk(bytes);
  expect(part.keys?.buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(rowsOf(decodeChunk(shifted.subarray(3)))).toEqual(rows);
});

test('a part made of loose rows holds them all', () => {
  fc.assert(
    fc.property(anyRows, ([table, , rows]) => {
      const part = partFromRows(table, rows);
      expect(byKey(rowsOf(part))).toEqual(byKey(rows));
    }),
  );
});

test('masking hides the rows of changed keys and nothing else, in chunks and tails, once and again', () => {
  fc.assert(
    fc.property(anyRows, fc.array(fc.nat(400)), fc.array(fc.nat(400)), ([table, index, rows], one, two) => {
      const first = index * specOf(table).span;
      const [a, b] = [new Set(one.map((key) => key + first)), new Set(two.map((key) => key + first))];
      const left = byKey(rows.filter((row) => !a.has(row.key) && !b.has(row.key)));
      for (const part of [decodeChunk(encodeChunk(table, index, columnsOf(table, rows))), partFromRows(table, rows)]) {
        expect(byKey(rowsOf(maskPart(maskPart(part, a), b)))).toEqual(left);
        expect(byKey(rowsOf(part))).toEqual(byKey(rows));
      }
    }),
  );
});

const modes = ['is', 'contains', 'startsWith', 'endsWith'] as const;
function naive(mode: (typeof modes)[number], folded: string, needle: string): boolean {
  if (mode === 'is') return folded === needle;
  if (mode === 'contains') return folded.includes(needle);
  return mode === 'startsWith' ? folded.startsWith(needle) : folded.endsWith(needle);
}

function dictOf(texts: Cell[]): DictColumn {
  const { codes, size, values, folded } = buildDictionary(texts);
  return dictColumn(codes, size, () => values, folded === values ? null : () => folded);
}

test('match answers what a naive scan of the folded texts answers', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'ß', '👍', 'İ'), maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(short, text)),
      fc.oneof(short, text),
      fc.constantFrom(...modes),
      (texts, operand, mode) => {
        const column = dictOf(texts);
        const needle = fold(operand);
        const flags = column.match(mode, needle);
        expect(flags[0]).toBe(0);
        for (let code = 1; code <= column.size; code++) {
          expect(column.folded(code)).toBe(fold(column.value(code)));
          expect(flags[code]).toBe(naive(mode, column.folded(code), needle) ? 1 : 0);
          if (code > 1) expect(column.folded(code - 1) <= column.folded(code)).toBe(true);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a needle that spans two texts matches neither', () => {
  const column = dictOf(['ab', 'cd']);
  for (const mode of modes) expect([...column.match(mode, 'b\u0000c')]).toEqual([0, 0, 0]);
});

test('dictionaries of each code width come back, and searching 100,000 addresses is quick', () => {
  for (const size of [255, 256, 65_535, 65_536]) {
    const column = dictOf(Array.from({ length: size }, (_, index) => `person${index}@example.com`));
    expect(column.size).toBe(size);
    expect(column.codes.BYTES_PER_ELEMENT).toBe(size <= 255 ? 1 : size <= 65_535 ? 2 : 4);
    expect(new Set(column.codes).size).toBe(size);
  }
  const column = dictOf(
    Array.from({ length: 100_000 }, (_, index) => `person${(index * 7_919) % 100_000}@shop${index % 97}.example`),
  );
  column.match('contains', 'warm up');
  const best = Math.min(
    ...Array.from({ length: 5 }, () => {
      const started = performance.now();
      const flags = column.match('contains', '4242@shop');
      const took = performance.now() - started;
      expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(10);
      return took;
    }),
  );
  expect(best).toBeLessThan(40);
});

test('text that storage could not hold is replaced, not written through', () => {
  const column = dictOf(['a\u0000b', 'lone \ud800']);
  expect([column.value(1), column.value(2)]).toEqual(['a\uFFFDb', 'lone \uFFFD']);
});

test('damaged bytes are refused with a reason, never read past their end', () => {
  const rows: TailRow[] = [
    {
      key: 1,
      cells: { country: 'UK', languageCode: null, timeZone: null, source: 'import', emailStatus: 'none', createdAt: 5 },
    },
  ];
  const good = encodeChunk('contact', 0, columnsOf('contact', rows));
  expect(() => decodeChunk(new Uint8Array(3))).toThrow(/shorter than its prefix/);
  expect(() => decodeChunk(new Uint8Array(64))).toThrow(/does not begin like a chunk/);
  const newer = good.slice();
  newer[4] = 9;
  expect(() => decodeChunk(newer)).toThrow(/format 9, this build reads 1/);
  const broken = good.slice();
  broken[16] = 0x58;
  expect(() => decodeChunk(broken)).toThrow(/header is damaged/);
  expect(() => decodeChunk(good.subarray(0, 20))).toThrow(/header is cut off/);
  expect(() => decodeChunk(good.subarray(0, good.length - 8))).toThrow(/lies outside/);
  fc.assert(
    fc.property(fc.nat(must(good.length, 'bytes') - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = good.slice();
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      try {
        decodeChunk(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ChunkError);
      }
    }),
  );
});

test('a key outside of the chunk is a programmer’s error', () => {
  expect(() => encodeChunk('event', 0, columnsOf('event', [{ key: 70_000, cells: {} }]))).toThrow(/lies in chunk 0/);
});
