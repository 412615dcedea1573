/**
 * The SQL back end of the rule language: one statement that answers the members' contact ids. Activity is aggregated
 * once per source and joined, never looked up per contact. Inside a condition NULL stands for "no"; `and` and `or` keep
 * it so, and a complement is `is not true`, which makes every answer two-valued.
 */
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { type ResolvedRule, type ResolvedText, type RuleContext, resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { ActivityJoins } from './activity-joins.ts';
import { SqlValues } from './sql-values.ts';

export type CompiledRule = { text: string; values: unknown[] };

/** A SELECT of column contact_id: each member once, in no particular order. */
export function compileRule(rule: Rule, context: RuleContext): CompiledRule {
  return compileResolved(resolveRule(rule, context));
}

/** The same for a rule that is resolved already. */
export function compileResolved(rule: ResolvedRule): CompiledRule {
  const values = new SqlValues();
  const joins = new ActivityJoins(rule, values);
  const where = condition(rule, values, joins);
  const text = `select c.id as contact_id from contact c${joins.sql()} where c.deleted_at is null and ${where}`;
  return { text, values: values.all };
}

function condition(rule: ResolvedRule, values: SqlValues, joins: ActivityJoins): string {
  switch (rule.type) {
    case 'constant':
      return rule.member ? 'true' : 'false';
    case 'all':
    case 'any': {
      const parts = rule.rules.map((child) => condition(child, values, joins));
      return `(${parts.join(rule.type === 'all' ? ' and ' : ' or ')})`;
    }
    case 'not':
      // The planner turns "is null" on the joined key into an anti-join; it does not see through "is not true".
      if (rule.rule.type === 'activity') return joins.absent(rule.rule);
      return `(${condition(rule.rule, values, joins)}) is not true`;
    case 'text':
      return textCondition(rule, values);
    case 'presence':
      return rule.field === 'createdAt' ? 'c.created_at is not null' : `${foldedColumn(rule.field)} <> ''`;
    case 'instant': {
      const inside = values.within('c.created_at', rule.window);
      return rule.inside ? `(${inside})` : `not (${inside})`;
    }
    case 'activity':
      return joins.present(rule);
    default:
      return assertUnreachable(rule);
  }
}

/** Folded twin of a text column. The e-mail status is a closed set in lower case and has none. */
function foldedColumn(field: ContactField): string {
  const { column } = contactFields[field];
  return field === 'emailStatus' ? `c.${column}` : `c.${column}_fold`;
}

/** All columns are COLLATE "C"; never LIKE, because the user's text may hold % and _. */
function textCondition({ field, test, needles, none }: ResolvedText, values: SqlValues): string {
  const column = foldedColumn(field);
  const matches = () => {
    const [first] = needles;
    if (test === 'is' && needles.length === 1) return `${column} = ${values.add(first, 'text')}`;
    if (test === 'is') return `${column} = any(${values.add(needles, 'text[]')})`;
    return needles.map((needle) => oneMatch(column, test, values.add(needle, 'text'))).join(' or ');
  };
  return none ? `(${column} <> '' and not (${matches()}))` : `(${matches()})`;
}

function oneMatch(column: string, test: 'contains' | 'startsWith' | 'endsWith', needle: string): string {
  switch (test) {
    case 'contains':
      return `strpos(${column}, ${needle}) > 0`;
    case 'startsWith':
      return `starts_with(${column}, ${needle})`;
    case 'endsWith':
      // Both count characters, so text outside the basic plane is cut where it should be.
      return `right(${column}, char_length(${needle})) = ${needle}`;
    default:
      return assertUnreachable(test);
  }
}
