import type { Entity } from '#shared/columns/tables.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { type Rule, ruleSchema } from './segment.schema.ts';

export type RuleProblem = {
  /** Where, as in the JSON: rules.0.values.1; empty for the rule itself. */
  path: string;
  /** Words for the form. */
  message: string;
};

/** What keeps a rule from being evaluated or saved; empty when it is sound. */
export function ruleProblems(rule: unknown): RuleProblem[] {
  const parsed = ruleSchema.safeParse(rule);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

/** What a new segment begins with: everybody. */
export const emptyRule = (): Rule => ({ type: 'all', rules: [] });

export type RuleDependencies = { fields: Set<AnyField>; entities: Set<Entity>; eventTypes: Set<string> };

/** What a change must touch to change the rule's members (besides the clock). Every rule depends on contacts. */
export function dependencies(rule: Rule): RuleDependencies {
  const found: RuleDependencies = { fields: new Set(), entities: new Set(['contact']), eventTypes: new Set() };
  collect(rule, found);
  return found;
}

function collect(rule: Rule, found: RuleDependencies): void {
  switch (rule.type) {
    case 'all':
    case 'any':
      for (const child of rule.rules) collect(child, found);
      return;
    case 'not':
      collect(rule.rule, found);
      return;
    case 'text':
    case 'presence':
    case 'instant':
    case 'fieldText':
    case 'fieldNumber':
    case 'fieldDate':
    case 'fieldSet':
    case 'fieldPresence':
      found.fields.add(rule.field);
      return;
    case 'membership':
      found.entities.add('membership');
      return;
    case 'activity':
      found.entities.add(rule.source.table);
      if (rule.source.table === 'event') found.eventTypes.add(rule.source.eventType);
      return;
    default:
      assertUnreachable(rule);
  }
}
