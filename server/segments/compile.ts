/**
 * The SQL back end of the rule language: one statement that answers the members' contact ids. Activity is aggregated
 * once per source and joined, never looked up per contact. Inside a condition NULL stands for "no"; `and` and `or` keep
 * it so, and a complement is `is not true`, which makes every answer two-valued.
 */
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { LEFT } from '#shared/segment/membership-leaf.ts';
import { type ResolvedRule, type RuleContext, resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { ActivityJoins } from './activity-joins.ts';
import { ComputedJoins } from './computed-joins.ts';
import { fieldCondition } from './field-condition.ts';
import { SqlValues } from './sql-values.ts';
import { textCondition } from './text-condition.ts';

export type CompiledRule = { text: string; values: unknown[] };

/** `merged`: there are merged cards, whose history is their survivor's. Without any, statements do not ask. */
export type SqlContext = RuleContext & { merged?: boolean };

/** A SELECT of column contact_id: each member once, in no particular order. */
export function compileRule(rule: Rule, context: SqlContext): CompiledRule {
  return compileResolved(resolveRule(rule, context), context.merged);
}

/** The same for a rule that is resolved already. */
export function compileResolved(rule: ResolvedRule, merged = false): CompiledRule {
  const values = new SqlValues();
  const joins = new ActivityJoins(rule, values, merged);
  const computed = new ComputedJoins(rule, values, merged);
  const where = condition(rule, values, { joins, computed });
  const text = `select c.id as contact_id from contact c${joins.sql()}${computed.sql()} where c.deleted_at is null and ${where}`;
  return { text, values: values.all };
}

type Joins = { joins: ActivityJoins; computed: ComputedJoins };

function condition(rule: ResolvedRule, values: SqlValues, all: Joins): string {
  const { joins, computed } = all;
  switch (rule.type) {
    case 'constant':
      return rule.member ? 'true' : 'false';
    case 'all':
    case 'any': {
      const parts = rule.rules.map((child) => condition(child, values, all));
      return `(${parts.join(rule.type === 'all' ? ' and ' : ' or ')})`;
    }
    case 'not':
      // The planner turns "is null" on the joined key into an anti-join; it does not see through "is not true".
      if (rule.rule.type === 'activity') return joins.absent(rule.rule);
      return `(${condition(rule.rule, values, all)}) is not true`;
    case 'text':
      return textCondition(foldedColumn(rule.field), rule, values);
    case 'presence':
      return rule.field === 'createdAt' ? 'c.created_at is not null' : `${foldedColumn(rule.field)} <> ''`;
    case 'instant': {
      const inside = values.within('c.created_at', rule.window);
      return rule.inside ? `(${inside})` : `not (${inside})`;
    }
    case 'activity':
      return joins.present(rule);
    case 'membership':
      return membersOf(rule.list, values);
    case 'fieldText':
    case 'fieldSet':
    case 'fieldRange':
    case 'fieldPresence':
      return fieldCondition(rule, values, rule.computed && computed.column(rule.computed));
    default:
      return assertUnreachable(rule);
  }
}

/** Not correlated, and a column without NULLs: one hash of the list's members, whatever stands around it. */
const membersOf = (list: string, values: SqlValues): string =>
  `c.id in (select contact_id from membership where list_id = ${values.add(list, 'text')} and state <> ${values.add(LEFT, 'text')})`;

/** Folded twin of a text column. The e-mail status is a closed set in lower case and has none. */
function foldedColumn(field: ContactField): string {
  const { column } = contactFields[field];
  return field === 'emailStatus' ? `c.${column}` : `c.${column}_fold`;
}
