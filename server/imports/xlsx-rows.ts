/** The cells of a workbook's sheet as text, row by row: dates in ISO form, numbers with a point, what a formula came to. */
import { broken, type Tag, XlsxZip } from './xlsx-zip.ts';

export type Sheet = { name: string; part: string };

export type Workbook = {
  sheets: readonly Sheet[];
  rows(sheet: Sheet): AsyncGenerator<string[], void, undefined>;
  close(): void;
};

const MAX_COLUMNS = 500;
const MAX_CELL = 32_767;
/** Different texts of all sheets together stay in memory. */
const MAX_SHARED = 256 * 1024 ** 2;
const DAY_MS = 86_400_000;

/** Built-in formats that show a date or a time. */
const dateFormats = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 30, 36, 45, 46, 47, 50, 57]);

/** Whether a format of the workbook's own shows a date: by the letters outside of quotes and brackets. */
const isDateCode = (code: string): boolean => /[ymdhs]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, ''));

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

async function readSheets(zip: XlsxZip): Promise<{ sheets: Sheet[]; from1904: boolean }> {
  const targets = new Map<string, string>();
  await zip.read('xl/_rels/workbook.xml.rels', {
    open: ({ attributes }) => {
      const { Id: id, Target: target } = attributes;
      if (id && target) targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    },
  });
  const sheets: Sheet[] = [];
  let from1904 = false;
  await zip.read('xl/workbook.xml', {
    open: ({ name, attributes }) => {
      if (local(name) === 'workbookPr') from1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      const part = targets.get(attributes['r:id'] ?? '');
      if (local(name) === 'sheet' && attributes.name && part && zip.has(part)) {
        sheets.push({ name: attributes.name, part });
      }
    },
  });
  if (sheets.length === 0) throw broken('it has no sheet');
  return { sheets, from1904 };
}

/** Which styles show their number as a date. */
async function readDateStyles(zip: XlsxZip): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let isCell = false;
  await zip.read('xl/styles.xml', {
    open: ({ name, attributes }) => {
      const tag = local(name);
      if (tag === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (tag === 'cellXfs') isCell = true;
      if (tag !== 'xf' || !isCell) return;
      const format = Number(attributes.numFmtId ?? 0);
      const code = codes.get(format);
      styles.push(code === undefined ? dateFormats.has(format) : isDateCode(code));
    },
    close: (name) => {
      if (local(name) === 'cellXfs') isCell = false;
    },
  });
  return styles;
}

async function readSharedTexts(zip: XlsxZip): Promise<string[]> {
  const texts: string[] = [];
  let text = '';
  let isText = false;
  let isPhonetic = false;
  let size = 0;
  await zip.read('xl/sharedStrings.xml', {
    open: ({ name }) => {
      const tag = local(name);
      if (tag === 'si') text = '';
      if (tag === 'rPh') isPhonetic = true;
      isText = tag === 't' && !isPhonetic;
    },
    text: (part) => {
      if (isText) text += part;
    },
    close: (name) => {
      const tag = local(name);
      isText = false;
      if (tag === 'rPh') isPhonetic = false;
      if (tag !== 'si') return;
      texts.push(text.slice(0, MAX_CELL));
      size += text.length;
      if (size > MAX_SHARED) throw broken('it holds too much text');
    },
  });
  return texts;
}

/** "BC12" → 54; null when the cell does not say where it is. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return null;
  let at = 0;
  for (const letter of letters) at = at * 26 + letter.charCodeAt(0) - 64;
  return at - 1;
}

/** A number of days as the date and time it shows. */
function dateText(days: number, from1904: boolean): string {
  // The year 1900 had no 29th of February, but Excel counts it.
  const shifted = from1904 ? days + 1462 : days < 61 ? days + 1 : days;
  const at = Math.round((shifted - 25_569) * DAY_MS);
  if (!Number.isFinite(at) || Math.abs(at) > 8e14) return String(days);
  const iso = new Date(Math.round(at / 1000) * 1000).toISOString();
  if (days < 1 && days >= 0 && !from1904) return iso.slice(11, 19);
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** A number as people wrote it: binary fractions have up to 17 digits, of which 15 are real. */
function numberText(value: string): string {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return value;
  const exact = Number(number.toPrecision(15));
  const plain = String(exact);
  return plain.includes('e') ? exact.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 15 }) : plain;
}

type CellContext = { texts: readonly string[]; dateStyles: readonly boolean[]; from1904: boolean };

function cellText(cell: Tag, value: string, { texts, dateStyles, from1904 }: CellContext): string {
  switch (cell.attributes.t) {
    case 's':
      return texts[Number(value)] ?? '';
    case 'b':
      return value === '1' ? 'true' : 'false';
    case 'e':
      return '';
    case 'str':
    case 'inlineStr':
    case 'd':
      return value.slice(0, MAX_CELL);
    default: {
      const isDate = dateStyles[Number(cell.attributes.s ?? -1)] === true && value !== '';
      return isDate ? dateText(Number(value), from1904) : numberText(value);
    }
  }
}

async function* readRows(zip: XlsxZip, sheet: Sheet, context: CellContext): AsyncGenerator<string[], void, undefined> {
  const ready: string[][] = [];
  let row: string[] = [];
  let cell: Tag | null = null;
  let value = '';
  let isValue = false;
  const pieces = zip.parse(sheet.part, {
    open: (tag) => {
      const name = local(tag.name);
      if (name === 'row') row = [];
      if (name === 'c') {
        cell = tag;
        value = '';
      }
      isValue = name === 'v' || name === 't';
    },
    text: (text) => {
      if (isValue && value.length <= MAX_CELL) value += text;
    },
    close: (closed) => {
      const name = local(closed);
      isValue = false;
      if (name === 'row') ready.push(row);
      if (name !== 'c' || cell === null) return;
      const at = columnOf(cell.attributes.r) ?? row.length;
      if (at < MAX_COLUMNS) {
        while (row.length < at) row.push('');
        row[at] = cellText(cell, value, context);
      }
      cell = null;
    },
  });
  for await (const _ of pieces) {
    yield* ready.splice(0);
  }
  yield* ready.splice(0);
}

/** Opens a workbook; `maxUnpacked` bytes may come out of it. */
export async function openWorkbook(path: string, maxUnpacked?: number): Promise<Workbook> {
  const zip = await XlsxZip.open(path, maxUnpacked);
  try {
    const { sheets, from1904 } = await readSheets(zip);
    const context = { texts: await readSharedTexts(zip), dateStyles: await readDateStyles(zip), from1904 };
    return { sheets, rows: (sheet) => readRows(zip, sheet, context), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}
