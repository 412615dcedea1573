/** Conditions on additional fields in SQL. NULL (no value) passes nothing. `computed`: the value of a computed field. */
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { ResolvedField } from '#shared/segment/resolve-fields.ts';
import type { SqlValues } from './sql-values.ts';
import { textCondition } from './text-condition.ts';

export function fieldCondition(rule: ResolvedField, values: SqlValues, computed: string | null): string {
  if (computed !== null) return conditionOn(rule, values, { text: `${computed} collate "C"`, number: computed });
  const id = values.add(rule.field, 'text');
  // Folded texts are stored only where folding changes them.
  const text = `coalesce(field_text(c.fields_fold, ${id}), field_text(c.fields, ${id})) collate "C"`;
  const number = `field_number(c.fields, ${id})`;
  const chosen = `coalesce(c.fields_fold -> ${id}, c.fields -> ${id})`;
  return conditionOn(rule, values, { text, number, chosen });
}

/** `chosen`: the values of a multiple choice as JSON. */
function conditionOn(
  rule: ResolvedField,
  values: SqlValues,
  { text, number, chosen = 'null::jsonb' }: { text: string; number: string; chosen?: string },
): string {
  switch (rule.type) {
    case 'fieldText':
      return textCondition(`(${text})`, rule, values);
    case 'fieldSet': {
      const needles = values.add(rule.needles, 'text[]');
      if (rule.op === 'hasNone') return `(${text} <> '' and not (${chosen} ?| ${needles}))`;
      return `(${chosen} ${rule.op === 'hasAll' ? '?&' : '?|'} ${needles})`;
    }
    case 'fieldRange': {
      const low = rule.low === null ? 'true' : `${number} >= ${values.add(rule.low, 'double precision')}`;
      const high = rule.high === null ? 'true' : `${number} <= ${values.add(rule.high, 'double precision')}`;
      return `(${number} is not null and ${rule.inside ? '' : 'not '}(${low} and ${high}))`;
    }
    case 'fieldPresence':
      return rule.isText ? `(${text} <> '')` : `(${number} is not null)`;
    default:
      return assertUnreachable(rule);
  }
}
