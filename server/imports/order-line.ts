/** One record of an orders file as a staged line, or the reason why it is none. */
import type { StagedLine } from '#server/orders/order-stage.ts';
import { customerKey } from '#server/orders/order-stage.ts';
import type { WritableContactField } from '#shared/contact/contact-fields.ts';
import { normaliseEmail, normalisePhone } from '#shared/contact/normalise.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { parseInstant } from '#shared/kernel/instant-text.ts';
import { parseMoney, parseQuantity } from '#shared/kernel/money.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { isCreditInvoice, parseOrderStatus } from '#shared/order/order-input.schema.ts';
import type { CsvRecord } from './csv-file.ts';
import type { ColumnMap } from './import-map.ts';
import { widthProblem } from './record-width.ts';
import type { Scan } from './scan-file.ts';

export type ParsedLine = { staged: StagedLine; contact: (string | null)[] };

export type LineContext = {
  map: ColumnMap;
  scan: Scan;
  zone: string;
  /** See MUSTER_DEFAULT_REGION. */
  region: string | null;
  /** Number of columns in the header. */
  width: number;
  isSheet: boolean;
  /** "12,50" is read as a decimal where the comma does not separate columns. */
  decimalComma: boolean;
  contactFields: readonly WritableContactField[];
  onNotice: (kind: string) => void;
};

const MAX_ID = 200;
const MAX_NAME = 1000;
/** Dates repeat from line to line; most files have far fewer different ones than lines. */
const MAX_DATES = 50_000;
const MAX_PHONES = 20_000;

class Refused extends Error {}

function refuse(message: string): never {
  throw new Refused(message);
}

/** A text of the file in a message: short. */
const shown = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

/** The scan's decision about trailing ".0" for the value of a column. */
export function idValue(cells: readonly string[], at: number | undefined, scan: Pick<Scan, 'trailingZero'>): string {
  if (at === undefined) return '';
  const text = storableText(cells[at] ?? '').trim();
  return scan.trailingZero.has(at) && text.endsWith('.0') ? text.slice(0, -2) : text;
}

function memo<T>(limit: number, compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (known.size >= limit) known.clear();
    known.set(text, value);
    return value;
  };
}

/** Makes the parser of a file's records. */
export function orderLineParser(context: LineContext): (record: CsvRecord) => Result<ParsedLine, string> {
  const { map, scan, zone } = context;
  const column = (field: string): number | undefined => map.fields.get(field);
  const [orderAt, dateAt, itemAt] = [column('externalOrderId'), column('date'), column('externalItemId')];
  const [quantityAt, costAt, customerAt] = [column('quantity'), column('cost'), column('externalCustomerId')];
  const [nameAt, categoryAt, statusAt, currencyAt] = [
    column('name'),
    column('category'),
    column('status'),
    column('currency'),
  ];
  const contactAt = context.contactFields.map((field) => map.contact.get(field));
  const [emailAt, phoneAt, countryAt] = [
    map.contact.get('email'),
    map.contact.get('phone'),
    map.contact.get('country'),
  ];
  const readDate = memo(MAX_DATES, (text) => parseInstant(text, zone, scan.dateOrder));
  const readPhone = memo(MAX_PHONES, (text) => {
    const [country = '', phone = ''] = text.split('\t');
    return normalisePhone(phone, country || context.region);
  });

  const text = (cells: readonly string[], at: number | undefined): string =>
    at === undefined ? '' : storableText(cells[at] ?? '').trim();

  const identifier = (cells: readonly string[], at: number | undefined, field: string): string => {
    const value = idValue(cells, at, scan);
    if (value === '') refuse(`${field} is missing`);
    if (value.length > MAX_ID) refuse(`${field} is longer than ${MAX_ID} characters`);
    return value;
  };

  const figure = (
    cells: readonly string[],
    at: number | undefined,
    field: string,
    parse: (text: string) => number | null,
  ): number => {
    const value = text(cells, at);
    if (value === '') refuse(`${field} is missing`);
    const plain = context.decimalComma && !value.includes('.') ? value.replace(',', '.') : value;
    return parse(plain) ?? refuse(`${field} is not a number: ${shown(value)}`);
  };

  const customer = (cells: readonly string[]): string | null => {
    const external = idValue(cells, customerAt, scan);
    if (external.length > MAX_ID) refuse(`externalCustomerId is longer than ${MAX_ID} characters`);
    if (external !== '') return customerKey.externalCustomerId(external);
    const address = text(cells, emailAt);
    const email = address === '' ? null : normaliseEmail(address);
    if (email !== null) return customerKey.email(fold(email));
    const number = text(cells, phoneAt);
    const phone = number === '' ? null : readPhone(`${text(cells, countryAt)}\t${number}`);
    if (phone !== null) return customerKey.phone(phone);
    if (address !== '' || number !== '')
      context.onNotice('belong to nobody known, because neither email nor phone can be read');
    return null;
  };

  const date = (cells: readonly string[]): number => {
    const value = text(cells, dateAt);
    if (value === '') refuse('date is missing');
    const at = readDate(value);
    if (at !== null) return at;
    if (scan.dateOrder === null && /^\d{1,2}[/-]\d{1,2}[/-]\d{4}/.test(value)) {
      refuse(`date ${shown(value)} is ambiguous: nothing in the file tells day from month; write 2011-12-09`);
    }
    return refuse(`date is not a date: ${shown(value)}`);
  };

  const parse = ({ line, cells }: CsvRecord): ParsedLine => {
    const torn = widthProblem(cells, context.width, context.isSheet);
    if (torn !== null) refuse(torn);
    const externalOrderId = identifier(cells, orderAt, 'externalOrderId');
    const quantity = figure(cells, quantityAt, 'quantity', parseQuantity);
    const price = figure(cells, costAt, 'cost', parseMoney);
    if (Math.abs(quantity * price) / 1000 > Number.MAX_SAFE_INTEGER) refuse('quantity × cost is too large');
    const given = text(cells, statusAt);
    const status =
      given === '' ? null : (parseOrderStatus(given) ?? refuse(`status is not one of Muster's: ${shown(given)}`));
    const currency = text(cells, currencyAt).toUpperCase();
    if (currency !== '' && !/^[A-Z]{3}$/.test(currency))
      refuse(`currency is not a code of three letters: ${shown(currency)}`);
    const category = text(cells, categoryAt);
    return {
      staged: {
        line,
        externalOrderId,
        at: date(cells),
        customer: customer(cells),
        item: identifier(cells, itemAt, 'externalItemId'),
        name: text(cells, nameAt).slice(0, MAX_NAME),
        category: category === '' ? null : category.slice(0, MAX_NAME),
        quantity,
        price,
        status,
        currency: currency === '' ? null : currency,
        credit: isCreditInvoice(externalOrderId),
      },
      contact: contactAt.map((at) => text(cells, at) || null),
    };
  };

  return (record) => {
    try {
      return ok(parse(record));
    } catch (error) {
      if (error instanceof Refused) return err(error.message);
      throw error;
    }
  };
}
