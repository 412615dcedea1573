/**
 * Values of additional fields: from whatever a writer gives to the one stored form, and from there to columns and text.
 *
 *   integer    the number                        date      days since 1970-01-01
 *   decimal    integer of 1/10,000               dateTime  epoch ms
 *   boolean    true, false                       time      seconds since midnight
 *   multiple   the chosen values, in the order of the field's allowed values
 *   others     text
 */
import type { Cell } from '#shared/columns/tables.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { DAY_MS, fromWall } from '#shared/kernel/time.ts';
import { type AdditionalType, type FieldSpec, VALUE_SEPARATOR } from './field.schema.ts';
import { normaliseEmail } from './normalise.ts';

export type StoredField = string | number | boolean | readonly string[];
/** What of a field its values are judged by. */
export type ValueSpec = Pick<FieldSpec, 'label' | 'type' | 'required' | 'allowedValues' | 'min' | 'max'> &
  Pick<FieldSpec, 'computed'>;
export type ValueProblem = {
  /** As people call the field. */
  field: string;
  /** A whole sentence that names the field. */
  message: string;
};

export const DECIMAL_SCALE = 10_000;
const MAX_TEXT = 1_000;
const DAY_SECONDS = 86_400;
/** 0001-01-01 to 9999-12-31. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/** The reason, in words that follow the field's name. */
class Unfit {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * The stored form of a given value; null clears, as empty text does. A value that does not fit is answered as a problem
 * that names the field, never left out. `zone` is where a date-time without an offset was written.
 */
export function normaliseField(
  spec: ValueSpec,
  given: unknown,
  { zone = 'UTC' }: { zone?: string } = {},
): Result<StoredField | null, ValueProblem> {
  if (spec.computed) {
    return err({
      field: spec.label,
      message: `${spec.label} is worked out from events or orders and cannot be written`,
    });
  }
  const found = isEmpty(given) ? null : read(spec, given, zone);
  const value = Array.isArray(found) && found.length === 0 ? null : found;
  const problem = value instanceof Unfit ? value : outside(spec, value);
  if (problem) return err({ field: spec.label, message: `${spec.label} ${problem.reason}` });
  return ok(value instanceof Unfit ? null : value);
}

function isEmpty(given: unknown): boolean {
  if (given === null || given === undefined) return true;
  if (typeof given === 'string') return given.trim() === '';
  return Array.isArray(given) && given.every(isEmpty);
}

function outside(spec: ValueSpec, value: StoredField | null): Unfit | null {
  const { min, max, required } = spec;
  if (value === null) return required ? new Unfit('cannot be empty') : null;
  if (typeof value !== 'number') return null;
  if (min !== null && value < min) return new Unfit(`is below ${textOfCell(spec.type, min)}`);
  if (max !== null && value > max) return new Unfit(`is above ${textOfCell(spec.type, max)}`);
  return null;
}

function read(spec: ValueSpec, given: unknown, zone: string): StoredField | Unfit {
  if (spec.type === 'multiple') return readMany(spec.allowedValues, given);
  if (spec.type === 'boolean') return readBoolean(given);
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') {
    return new Unfit('takes one value, not a list or an object');
  }
  const text = storableText(String(given)).trim();
  switch (spec.type) {
    case 'text':
      return text.length <= MAX_TEXT ? text : new Unfit(`is longer than ${MAX_TEXT} characters`);
    case 'email':
      return normaliseEmail(text) ?? new Unfit('is not an email address');
    case 'url':
      return readUrl(text);
    case 'choice':
      return readChoice(spec.allowedValues, text);
    case 'integer':
      return readInteger(text);
    case 'decimal':
      return readDecimal(text);
    case 'date':
      return readDate(text) ?? new Unfit('is not a date, such as 2026-11-23');
    case 'dateTime':
      return readDateTime(typeof given === 'number' ? given : text, zone);
    case 'time':
      return readTime(text) ?? new Unfit('is not a time, such as 14:30');
    default:
      return assertUnreachable(spec.type);
  }
}

function readUrl(text: string): string | Unfit {
  if (text.length > MAX_TEXT) return new Unfit(`is longer than ${MAX_TEXT} characters`);
  const isAddress = /^https?:\/\/[^\s/?#@:.][^\s/?#@:]*(?::\d{1,5})?(?:[/?#]\S*)?$/iu.test(text);
  return isAddress ? text : new Unfit('is not a web address; it begins with https://');
}

function allowedOf(allowed: readonly string[], text: string): string | undefined {
  return allowed.includes(text) ? text : allowed.find((value) => fold(value) === fold(text));
}

function notAllowed(allowed: readonly string[], text: string): Unfit {
  const shown = allowed.slice(0, 10).join(', ');
  const offered = allowed.length > 10 ? `${shown} and ${allowed.length - 10} more` : shown;
  return new Unfit(`cannot be “${text.slice(0, 60)}”; it is one of: ${offered}`);
}

function readChoice(allowed: readonly string[], text: string): string | Unfit {
  return allowedOf(allowed, text) ?? notAllowed(allowed, text);
}

/** A list; or one text with a value a line, or separated by commas or semicolons where no value holds one. */
function readMany(allowed: readonly string[], given: unknown): readonly string[] | Unfit {
  const texts: string[] = [];
  for (const item of Array.isArray(given) ? given : [given]) {
    if (isEmpty(item)) continue;
    if (typeof item !== 'string' && typeof item !== 'number') return new Unfit('takes a list of texts');
    const text = storableText(String(item)).trim();
    texts.push(...(allowedOf(allowed, text) === undefined ? text.split(separatorOf(allowed, text)) : [text]));
  }
  const chosen = new Set<string>();
  for (const text of texts.map((one) => one.trim()).filter((one) => one !== '')) {
    const value = allowedOf(allowed, text);
    if (value === undefined) return notAllowed(allowed, text);
    chosen.add(value);
  }
  return allowed.filter((value) => chosen.has(value));
}

function separatorOf(allowed: readonly string[], text: string): string {
  if (text.includes('\n')) return '\n';
  return [';', ','].find((mark) => text.includes(mark) && !allowed.some((value) => value.includes(mark))) ?? '\n';
}

function readBoolean(given: unknown): boolean | Unfit {
  const text = typeof given === 'string' ? given.trim().toLowerCase() : given;
  if (text === true || text === 1 || text === 'true' || text === 'yes' || text === '1') return true;
  if (text === false || text === 0 || text === 'false' || text === 'no' || text === '0') return false;
  return new Unfit('is neither yes nor no');
}

function readInteger(text: string): number | Unfit {
  const [, digits] = /^([+-]?\d+)(?:\.0+)?$/.exec(text) ?? [];
  if (digits === undefined) return new Unfit('is not a whole number');
  const value = Number(digits) + 0;
  return Number.isSafeInteger(value) ? value : new Unfit('has too many digits');
}

function readDecimal(text: string): number | Unfit {
  const [, sign = '', whole = '', rest = ''] = /^([+-]?)(\d+)(?:[.,](\d+))?$/.exec(text) ?? [];
  if (whole === '') return new Unfit('is not a number, such as 12.5');
  const digits = rest.replace(/0+$/, '');
  if (digits.length > 4) return new Unfit('has more than 4 digits after the point');
  const value = Number(`${sign}${whole}${digits.padEnd(4, '0')}`) + 0;
  return Number.isSafeInteger(value) ? value : new Unfit('has too many digits');
}

const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/;
const dottedDate = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;

/** Days since 1970, or null for what is no date of the calendar. */
function readDate(text: string): number | null {
  const iso = isoDate.exec(text);
  const dotted = dottedDate.exec(text);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : dotted ? [dotted[3], dotted[2], dotted[1]] : [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const plain = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = Date.parse(`${plain}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== plain) return null;
  const days = at / DAY_MS;
  return days >= FIRST_DAY && days <= LAST_DAY ? days : null;
}

function readTime(text: string): number | null {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const wallTime = /^(.{8,10})[T ](\d{1,2}:\d{2}(?::\d{2})?)(\.\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?$/;

function readDateTime(given: string | number, zone: string): number | Unfit {
  const at = typeof given === 'number' ? given : instantOf(given, zone);
  const isInstant = at !== null && Number.isInteger(at) && at >= FIRST_DAY * DAY_MS && at < (LAST_DAY + 1) * DAY_MS;
  return isInstant ? at + 0 : new Unfit('is not a date with a time, such as 2026-11-23T14:30:00Z');
}

function instantOf(text: string, zone: string): number | null {
  const [, date = '', clock = '', fraction = '', offset] = wallTime.exec(text) ?? [];
  const days = readDate(date === '' ? text : date);
  const seconds = clock === '' ? 0 : readTime(clock);
  if (days === null || seconds === null) return null;
  const ms = Math.floor(Number(`0${fraction || '.0'}`) * 1000 + 1e-6);
  const wall = days * DAY_MS + seconds * 1000 + ms;
  if (offset === undefined) return zone === 'UTC' ? wall : fromWall(zone, wall);
  if (offset === 'Z') return wall;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset) ?? [];
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  return wall - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Whether columns hold the values of a type as text (else as numbers). */
export function isTextType(type: AdditionalType): boolean {
  return type === 'text' || type === 'choice' || type === 'multiple' || type === 'email' || type === 'url';
}

/** What a column holds of a stored value. */
export function cellOfStored(stored: StoredField | null): Cell {
  if (stored === null || typeof stored === 'string' || typeof stored === 'number') return stored;
  return typeof stored === 'boolean' ? Number(stored) : stored.join(VALUE_SEPARATOR);
}

/** A value as it was stored; null for what no field can hold. */
export function storedField(value: unknown): StoredField | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}

/** A stored value as plain text; null when there is none. See {@link textOfCell}. */
export function textOfStored(type: AdditionalType, stored: StoredField | null): string | null {
  const cell = cellOfStored(stored);
  return cell === null ? null : textOfCell(type, cell);
}

const pad = (value: number) => String(value).padStart(2, '0');

/** A column's value as plain text, the same in every language: what {@link normaliseField} reads back. */
export function textOfCell(type: AdditionalType, cell: string | number): string {
  if (typeof cell === 'string') return cell.replaceAll(VALUE_SEPARATOR, '\n');
  switch (type) {
    case 'decimal':
      return decimalText(cell);
    case 'date':
      return new Date(cell * DAY_MS).toISOString().slice(0, 10);
    case 'dateTime':
      return new Date(cell).toISOString();
    case 'time': {
      const seconds = ((Math.trunc(cell) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
      const clock = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}`;
      return seconds % 60 === 0 ? clock : `${clock}:${pad(seconds % 60)}`;
    }
    case 'boolean':
      return cell === 0 ? 'false' : 'true';
    default:
      return String(cell);
  }
}

function decimalText(scaled: number): string {
  const digits = String(Math.abs(scaled)).padStart(5, '0');
  const rest = digits.slice(-4).replace(/0+$/, '');
  return `${scaled < 0 ? '-' : ''}${digits.slice(0, -4)}${rest === '' ? '' : `.${rest}`}`;
}

/** What a column would hold of a text that {@link textOfCell} made; null when the text does not fit (any more). */
export function cellOfText(spec: ValueSpec, text: string | null): Cell {
  const read = normaliseField({ ...spec, required: false, min: null, max: null, computed: null }, text);
  return read.ok ? cellOfStored(read.value) : null;
}

/**
 * Changed values as they are compared and searched, by field: null where folding changes nothing, or there is no value any
 * more. What writes `contact.fields` writes this into `contact.fields_fold` beside it.
 */
export function foldChanges(changes: Readonly<Record<string, unknown>>): Record<string, string | string[] | null> {
  return Object.fromEntries(Object.entries(changes).map(([id, value]) => [id, folded(value)]));
}

function folded(value: unknown): string | string[] | null {
  if (typeof value === 'string') {
    const text = fold(value);
    return text === value ? null : text;
  }
  if (!Array.isArray(value)) return null;
  const texts = value.map((one) => fold(String(one)));
  return texts.some((text, at) => text !== value[at]) ? texts : null;
}
