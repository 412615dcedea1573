/** A small workbook of Excel, for tests: the parts it needs, stored in a ZIP file without compression. */
import { crc32 } from 'node:zlib';

type Cell = string | number | boolean | { serial: number };
export type TestSheet = { name: string; rows: readonly (readonly Cell[])[] };

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function cellXml(cell: Cell, reference: string): string {
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${Number(cell)}</v></c>`;
  if (typeof cell === 'object') return `<c r="${reference}" s="1"><v>${cell.serial}</v></c>`;
  return cell === '' ? '' : `<c r="${reference}" t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`;
}

const sheetXml = ({ rows }: TestSheet): string =>
  `<worksheet><sheetData>${rows
    .map((row, line) => {
      const cells = row.map((cell, at) => cellXml(cell, `${String.fromCharCode(65 + at)}${line + 1}`));
      return `<row r="${line + 1}">${cells.join('')}</row>`;
    })
    .join('')}</sheetData></worksheet>`;

/** Stored entries, one after another, then the directory. `data` may be deflated already. */
export function zipOf(entries: readonly { name: string; data: Buffer; method?: number; size?: number }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 0, size = data.length } of entries) {
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(method === 0 ? crc32(data) : 0, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(path.length, 22);
    const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path]);
    parts.push(head, data);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, entry, path);
    offset += head.length + data.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** `{ serial }` is a number that is shown as a date. */
export function writeWorkbook(sheets: readonly TestSheet[], more: Parameters<typeof zipOf>[0] = []): Buffer {
  const text = (name: string, xml: string) => ({ name, data: Buffer.from(`<?xml version="1.0"?>${xml}`) });
  const list = sheets.map(({ name }, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="r${at}"/>`);
  const links = sheets.map((_, at) => `<Relationship Id="r${at}" Target="worksheets/sheet${at + 1}.xml"/>`);
  return zipOf([
    text('xl/workbook.xml', `<workbook xmlns:r="r"><sheets>${list.join('')}</sheets></workbook>`),
    text('xl/_rels/workbook.xml.rels', `<Relationships>${links.join('')}</Relationships>`),
    text('xl/styles.xml', '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'),
    ...sheets.map((sheet, at) => text(`xl/worksheets/sheet${at + 1}.xml`, sheetXml(sheet))),
    ...more,
  ]);
}
