/** Conditions on additional fields, over their columns. A part in which nobody has a value of a field has no column of it. */
import type { Column, ColumnView, DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { type FieldId, VALUE_SEPARATOR } from '#shared/contact/field.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { computedColumn, matches } from './evaluate-computed.ts';
import type { ResolvedField } from './resolve-fields.ts';
import { markCodes, matchFlags, setFlags, type TextMatch } from './text-match.ts';

/** 1 = the contact's value passes, by contact id. */
export function* fieldMask(rule: ResolvedField, view: ColumnView): Steps<Uint8Array> {
  const parts = rule.computed
    ? [computedPart(rule.field, yield* computedColumn(rule.computed, view))]
    : view.parts(rule.personal ? 'contactFieldPersonal' : 'contactField');
  const out = new Uint8Array(view.contactLimit);
  for (const part of parts) {
    const column = part.columns[rule.field];
    if (column?.type === 'dict') {
      const flags = textFlags(rule, column);
      if (flags) markCodes(part, column.codes, flags, out);
    } else if (column) markNumbers(rule, part, column, out);
  }
  return out;
}

/** Flags of the codes that pass; null where a condition is on numbers. */
function textFlags(rule: ResolvedField, column: DictColumn): Uint8Array | null {
  switch (rule.type) {
    case 'fieldText':
      return rule.computed ? flagsAsSent(column, rule) : matchFlags(column, rule);
    case 'fieldSet':
      return chosenFlags(column, rule);
    case 'fieldPresence':
      return setFlags(column);
    case 'fieldRange':
      return null;
    default:
      return assertUnreachable(rule);
  }
}

/** Of texts that are compared as they are. */
function flagsAsSent(column: DictColumn, { test, needles, none }: TextMatch): Uint8Array {
  const flags = new Uint8Array(column.size + 1);
  for (let code = 1; code <= column.size; code++) {
    const text = column.value(code);
    if (needles.some((needle) => matches(text, test, needle)) !== none) flags[code] = 1;
  }
  return flags;
}

/** A computed column as a part of its own: its rows are contacts, also those that do not exist. */
export function computedPart(field: FieldId, column: Column): TablePart {
  const rows = column.type === 'number' ? column.data.length : column.codes.length;
  return {
    rows,
    keys: null,
    first: 0,
    columns: { [field]: column },
    live: null,
    masked: null,
    minAt: null,
    maxAt: null,
    sorted: false,
  };
}

/** Flags of the combinations of chosen values that pass; there are few, however many contacts there are. */
function chosenFlags(column: DictColumn, { op, needles }: Extract<ResolvedField, { type: 'fieldSet' }>): Uint8Array {
  const flags = new Uint8Array(column.size + 1);
  for (let code = 1; code <= column.size; code++) {
    const text = column.folded(code);
    const chosen = text === '' ? [] : text.split(VALUE_SEPARATOR);
    const has = (needle: string) => chosen.includes(needle);
    const passes =
      op === 'hasAll'
        ? needles.every(has)
        : op === 'hasAny'
          ? needles.some(has)
          : chosen.length > 0 && !needles.some(has);
    if (passes) flags[code] = 1;
  }
  return flags;
}

function markNumbers(rule: ResolvedField, part: TablePart, column: NumberColumn, out: Uint8Array): void {
  if (rule.type !== 'fieldRange' && rule.type !== 'fieldPresence') return;
  const isRange = rule.type === 'fieldRange';
  const low = (isRange ? rule.low : null) ?? Number.NEGATIVE_INFINITY;
  const high = (isRange ? rule.high : null) ?? Number.POSITIVE_INFINITY;
  const inside = isRange ? rule.inside : true;
  const { rows, keys, first, live, masked } = part;
  const { data, base, empty } = column;
  for (let row = 0; row < rows; row++) {
    const raw = data[row] ?? Number.NaN;
    if (raw === empty || Number.isNaN(raw) || live?.[row] === 0 || masked?.[row] === 1) continue;
    const value = raw + base;
    if ((value >= low && value <= high) === inside) out[keys === null ? first + row : (keys[row] ?? 0)] = 1;
  }
}
