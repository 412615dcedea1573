import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import { mayEndInZero } from './scan-file.ts';

const look = (chunks: string[], delimiter: FileFormat['delimiter'] = ',') =>
  mayEndInZero({
    format: { encoding: 'utf-8', delimiter, headerRow: 0, decimal: 'point', dateOrder: null, sheet: null },
    text: async () => Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
  });

test('a cell that ends in “.0” is found wherever it stands, and however the file was cut', async () => {
  const ends = ['id\n12.0,a\n', 'id,b\na,12.0\r\n', 'id\n12.0', '"12.0" ,a\n', '12.0  ,a', 'id\n12.0\u2003,a'];
  for (const text of ends) {
    expect(await look([text]), text).toBe(true);
    for (let at = 1; at < text.length; at++) expect(await look([text.slice(0, at), text.slice(at)]), text).toBe(true);
  }
  expect(await look(['12.0|a\n'], '|')).toBe(true);
  expect(await look(['12.0;a\n'], ';')).toBe(true);
});

test('other cells are left alone', async () => {
  expect(await look(['id,mail\nC1,person.0@shop.example\nC2,1.05\nC3,10.01,v.0.1\n'])).toBe(false);
});
