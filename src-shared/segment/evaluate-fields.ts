/** Conditions on additional fields, over their columns. A part in which nobody has a value of a field has no column of it. */
import type { ColumnView, DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { VALUE_SEPARATOR } from '#shared/contact/field.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { ResolvedField } from './resolve-fields.ts';
import { markCodes, matchFlags, setFlags } from './text-match.ts';

/** 1 = the contact's value passes, by contact id. */
export function fieldMask(rule: ResolvedField, view: ColumnView): Uint8Array {
  const out = new Uint8Array(view.contactLimit);
  for (const part of view.parts(rule.personal ? 'contactFieldPersonal' : 'contactField')) {
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
      return matchFlags(column, rule);
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
