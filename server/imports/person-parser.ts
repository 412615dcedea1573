/** One record of a contacts file as a person, or the reason why it is none. */
import type { ImportOptions } from '#shared/api/import.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { type Identifier, identifiers, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, normaliseContact } from '#shared/contact/normalise.ts';
import { readConsentWord, readYesNo } from '#shared/import/consent-words.ts';
import {
  furtherTargetLabels,
  isConsentTarget,
  isContactTarget,
  isFurtherTarget,
  targetOf,
} from '#shared/import/import-targets.ts';
import { readConsentCell, type SaidConsent, strictest } from '#shared/import/read-consent-cell.ts';
import { type CellStyle, readFieldCell } from '#shared/import/read-field-cell.ts';
import { storableText } from '#shared/kernel/fold.ts';
import type { Result } from '#shared/kernel/result.ts';
import type { ColumnMap } from './import-map.ts';
import { idValue } from './order-line.ts';
import type { PersonExtra } from './person.ts';
import { personKey } from './person-key.ts';
import { widthProblem } from './record-width.ts';
import type { Scan } from './scan-file.ts';

export type Person = { values: ContactValues; extra: PersonExtra | null };
/** A cell that could not be read. */
export type CellProblem = { target: string; message: string };
export type ParsedRow = {
  person: Person;
  problems: CellProblem[];
  /** Why nothing of the line is stored; null: it is, without the cells that have problems. */
  rejected: string | null;
};

export type RowContext = {
  map: ColumnMap;
  scan: Pick<Scan, 'trailingZero'>;
  style: CellStyle;
  region: string | null;
  fields: FieldSpecs;
  options: Pick<ImportOptions, 'dedupe' | 'unreadable'>;
  /** Number of columns in the header. */
  width: number;
  /** Rows of a sheet end with their last cell. */
  isSheet: boolean;
};

const MAX_SHOWN = 60;
const shown = (text: string): string => `“${text.slice(0, MAX_SHOWN)}”`;

/** Values in their stored form; what has none is left out and answered as a problem. */
function readValues(given: ContactValues, region: string | null): { values: ContactValues; problems: CellProblem[] } {
  const problems: CellProblem[] = [];
  const remaining = { ...given };
  for (;;) {
    const read = normaliseContact(remaining, region);
    if (read.ok) return { values: read.value, problems };
    const { field, message } = read.error;
    problems.push({ target: field, message: `${message}: ${shown(remaining[field] ?? '')}` });
    remaining[field] = undefined;
  }
}

type ExtraReader = (text: string, extra: PersonExtra, region: string | null) => string | null;

const addFurther = (kind: Identifier['kind']): ExtraReader => {
  const { label } = identifiers[kind];
  return (text, extra, region) => {
    // Several may stand in one cell.
    for (const one of kind === 'email' || kind === 'phone' ? text.split(/[;,|\n]/) : [text]) {
      if (one.trim() === '') continue;
      const identifier = normaliseIdentifier(kind, one, region);
      if (identifier === null) return `${label} cannot be read: ${shown(one.trim())}`;
      extra.further = [...(extra.further ?? []), identifier];
    }
    return null;
  };
};

const addContactId: ExtraReader = (text, extra) => {
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
  if (id === null) return `Muster ID is not a number as cards show it: ${shown(text)}`;
  extra.contactId = id;
  return null;
};

const addCategory =
  (id: string): ExtraReader =>
  (text, extra) => {
    const word = readConsentWord(text);
    const answer = readYesNo(text) ?? (word.ok && word.value ? word.value === 'granted' : null);
    if (answer === null) return `the subscription is neither yes nor no: ${shown(text)}`;
    extra.categories = { ...extra.categories, [id]: answer };
    return null;
  };

/** How a column's cells are read; null for targets that are gone meanwhile. */
function extraReader(key: string, { fields, style }: RowContext): ExtraReader | null {
  const target = targetOf(key);
  if (isFieldId(target)) {
    const spec = fields.get(target);
    if (!spec) return null;
    return (text, extra) => {
      const read = readFieldCell(spec, text, style);
      if (!read.ok) return `${read.error}: ${shown(text)}`;
      if (read.value !== null) extra.fields = { ...extra.fields, [target]: read.value };
      return null;
    };
  }
  if (isConsentTarget(target)) {
    return (text, extra) => {
      const read: Result<SaidConsent | null, string> = readConsentCell(target, text, style);
      if (!read.ok) return `${furtherTargetLabels[target]} ${read.error}: ${shown(text)}`;
      if (read.value) extra.said = strictest([...(extra.said ? [extra.said] : []), read.value]) ?? read.value;
      return null;
    };
  }
  if (target === 'furtherEmail') return addFurther('email');
  if (target === 'furtherPhone') return addFurther('phone');
  if (target === 'loyaltyNumber' || target === 'telegram' || target === 'viber') return addFurther(target);
  if (target === 'contactId') return addContactId;
  return addCategory(target);
}

/** A person known by nothing but a further address has it as their own. */
function promote(values: ContactValues, extra: PersonExtra | null): void {
  const first = (kind: 'email' | 'phone') => extra?.further?.find((identifier) => identifier.kind === kind)?.value;
  values.email ??= first('email');
  values.phone ??= first('phone');
}

const MISSING = 'the line has no External ID, email or phone';
/** Without them the line would mean somebody else. */
const identifying: readonly string[] = ['externalCustomerId', 'email', 'contactId'];

/** Makes the parser of a file's records. */
export function personParser(context: RowContext): (cells: readonly string[]) => ParsedRow {
  const { map, scan, region, options, width, isSheet } = context;
  const contact = [...map.contact];
  const extras = [...map.extra].flatMap(([key, at]) => {
    const read = extraReader(key, context);
    return read ? [{ key, at, read }] : [];
  });

  const given = (cells: readonly string[]): ContactValues => {
    const values: ContactValues = {};
    for (const [field, at] of contact) {
      const text = field === 'externalCustomerId' ? idValue(cells, at, scan) : storableText(cells[at] ?? '').trim();
      if (text !== '') values[field] = text;
    }
    return values;
  };

  const readExtra = (cells: readonly string[], problems: CellProblem[]): PersonExtra | null => {
    if (extras.length === 0) return null;
    const extra: PersonExtra = {};
    for (const { key: target, at, read } of extras) {
      const text = storableText(cells[at] ?? '').trim();
      const problem = text === '' ? null : read(text, extra, region);
      if (problem !== null) problems.push({ target, message: problem });
    }
    return Object.keys(extra).length === 0 ? null : extra;
  };

  const refusal = (person: Person, problems: readonly CellProblem[]): string | null => {
    const severe = problems.find(({ target }) => identifying.includes(target));
    if (severe) return severe.message;
    if (options.unreadable === 'reject' && problems.length > 0)
      return problems.map(({ message }) => message).join('; ');
    if (personKey(options.dedupe, person) !== null) return null;
    if (personKey('auto', person) === null)
      return problems.find(({ target }) => target === 'phone')?.message ?? MISSING;
    return `${labelOf(options.dedupe, context.fields)} is missing: people are told apart by it`;
  };

  return (cells) => {
    const wrong = widthProblem(cells, width, isSheet);
    const read = readValues(given(cells), region);
    const extra = readExtra(cells, read.problems);
    promote(read.values, extra);
    return {
      person: { values: read.values, extra },
      problems: read.problems,
      rejected: wrong ?? refusal({ values: read.values, extra }, read.problems),
    };
  };
}

function labelOf(target: string, fields: FieldSpecs): string {
  if (isFieldId(target)) return fields.get(target)?.label ?? 'The field';
  if (isContactTarget(target)) return contactFields[target].label;
  return isFurtherTarget(target) ? furtherTargetLabels[target] : target;
}
