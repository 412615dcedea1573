import { type Leaf, type Rule, ruleSchema } from '#shared/segment/segment.schema.ts';

/** Why a condition cannot be asked yet, in the schema's own words; null when it can. */
export function leafProblem(leaf: Leaf): string | null {
  if (leaf.type === 'text' && leaf.values.some((value) => value.trim() === '')) return 'Enter a value';
  const checked = ruleSchema.safeParse(leaf);
  return checked.success ? null : (checked.error.issues[0]?.message ?? 'Complete this condition');
}

/**
 * The part of a rule that can already be asked: conditions still being typed are left out, so that the count
 * never jumps to nothing between two keystrokes. Answers null when nothing is left.
 */
export function askable(rule: Rule): Rule | null {
  if ('rules' in rule) {
    const rules = rule.rules.map(askable).filter((part): part is Rule => part !== null);
    return rules.length === 0 && rule.rules.length > 0 ? null : { type: rule.type, rules };
  }
  if (rule.type === 'not') {
    const inner = askable(rule.rule);
    return inner === null ? null : { type: 'not', rule: inner };
  }
  return leafProblem(rule) === null ? rule : null;
}

/** Conditions that still need something. */
export function unfinished(rule: Rule): number {
  if ('rules' in rule) return rule.rules.reduce((sum, part) => sum + unfinished(part), 0);
  if (rule.type === 'not') return unfinished(rule.rule);
  return leafProblem(rule) === null ? 0 : 1;
}
