/** The text of a cell as a value of an additional field, or a clear reason why it is none. */
import type { AdditionalType } from '#shared/contact/field.schema.ts';
import { normaliseField, type StoredField, type ValueSpec } from '#shared/contact/field-value.ts';
import type { DateOrder } from '#shared/kernel/instant-text.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { readYesNo } from './consent-words.ts';
import { isAmbiguousDate, readDate } from './read-date.ts';
import { plainNumber } from './read-number.ts';

/** How the cells of a file are written. */
export type CellStyle = {
  decimal: 'point' | 'comma';
  dateOrder: DateOrder | null;
  /** Where times without an offset were written. */
  zone: string;
};

const ambiguous = 'could be two dates: choose whether the day or the month comes first';

/** The text in the form fields are read from everywhere; what it cannot be brought into stays for the field to refuse. */
function canonical(type: AdditionalType, text: string, style: CellStyle): Result<string, string> {
  switch (type) {
    case 'integer':
      return ok(plainNumber(text, style.decimal)?.replace(/\.0+$/, '') ?? text);
    case 'decimal': {
      const number = plainNumber(text, style.decimal);
      if (number !== null) return ok(number);
      const isOther = plainNumber(text, style.decimal === 'comma' ? 'point' : 'comma') !== null;
      return err(isOther ? 'is not a number in this file’s format: check its decimal sign' : 'is not a number');
    }
    case 'boolean': {
      const value = readYesNo(text);
      return ok(value === null ? text : String(value));
    }
    case 'date': {
      const read = readDate(text, style.dateOrder);
      if (read === null && isAmbiguousDate(text)) return err(ambiguous);
      return ok(read?.date ?? text);
    }
    case 'dateTime': {
      const read = readDate(text, style.dateOrder);
      if (read === null && isAmbiguousDate(text)) return err(ambiguous);
      return ok(read === null ? text : `${read.date}T${read.time ?? '00:00:00'}${read.offset}`);
    }
    default:
      return ok(text);
  }
}

/** Null: the cell is empty. The reason is a sentence that names the field. */
export function readFieldCell(spec: ValueSpec, text: string, style: CellStyle): Result<StoredField | null, string> {
  const trimmed = text.trim();
  // An empty cell says nothing; a required field only cannot be cleared.
  if (trimmed === '') return ok(null);
  const given = canonical(spec.type, trimmed, style);
  if (!given.ok) return err(`${spec.label} ${given.error}`);
  const value = normaliseField(spec, given.value, { zone: style.zone });
  return value.ok ? value : err(value.error.message);
}
