import { UserError } from '#shared/kernel/errors.ts';
import { ruleProblems } from '#shared/segment/rule-problems.ts';
import { type Rule, ruleSchema } from '#shared/segment/segment.schema.ts';

/** Reads a rule, or a segment's body with one, from JSON text. Refuses anything else, naming the place in the JSON. */
export function parseRuleFile(text: string): Rule {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UserError('invalid_input', `The file is not JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  // A `not` has a `rule` too: what carries a type is a rule itself.
  const body = typeof json === 'object' && json !== null && 'rule' in json && !('type' in json) ? json : null;
  const rule = body === null ? json : body.rule;
  const parsed = ruleSchema.safeParse(rule);
  if (parsed.success) return parsed.data;
  const problems = ruleProblems(rule).map(({ path, message }) => {
    const place = [...(body === null ? [] : ['rule']), ...(path === '' ? [] : [path])].join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  throw new UserError('invalid_input', `The file holds no valid rule. ${problems.join('; ')}`);
}
