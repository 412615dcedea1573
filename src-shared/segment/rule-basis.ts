/** What a rule means apart from the clock, and whether the clock alone can change who matches. */
import { DAY_MS } from '#shared/kernel/time.ts';
import { type RuleContext, resolveRule } from './resolve.ts';
import type { Rule } from './segment.schema.ts';

type Place = Omit<RuleContext, 'now'>;

const resolvedAt = (rule: Rule, place: Place, now: number): string =>
  JSON.stringify(resolveRule(rule, { ...place, now }));

/** Equal texts: the same members of the same data. Also another definition of a computed field is another basis. */
export const ruleBasis = (rule: Rule, place: Place): string => resolvedAt(rule, place, 0);

/** Whether somebody may enter or leave without anything happening, as with "in the last 30 days". */
export const movesWithTime = (rule: Rule, place: Place): boolean =>
  resolvedAt(rule, place, 10 * DAY_MS) !== resolvedAt(rule, place, 20 * DAY_MS);
