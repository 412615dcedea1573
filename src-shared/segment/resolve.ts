import type { ContactField } from '#shared/contact/contact-fields.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import { assertUnreachable, must } from '#shared/kernel/assert.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import type { ResolvedMembership } from './membership-leaf.ts';
import { type Bounds, resolvePeriod } from './periods.ts';
import { type ResolvedField, resolveField, textTests } from './resolve-fields.ts';
import { type EventSource, type NumberTest, resolveEvents } from './resolve-parameters.ts';
import type { ActivityLeaf, Rule, TextField, TextLeaf } from './segment.schema.ts';
import type { TextTest } from './text-match.ts';

/**
 * What both back ends take. Operands are folded, periods are epoch bounds, and every leaf is false for a contact that
 * has nothing to show for it, so that neither back end meets an empty value that could mean "yes".
 */
export type RuleContext = {
  /** Epoch ms. */
  now: number;
  /** The workspace's IANA zone. */
  zone: string;
  /** The workspace's ISO 4217 currency: amounts of other currencies are never added. */
  currency: string;
  /** Which parameters of events can be asked for. */
  parameters: EventParameters;
  /** The workspace's additional fields. */
  fields: FieldSpecs;
};

export type ResolvedText = {
  type: 'text';
  field: TextField;
  test: TextTest;
  /** Folded, distinct, never empty. */
  needles: string[];
  /** True: set, and none of the needles matches. */
  none: boolean;
};
export type ResolvedSource =
  | { table: 'order' }
  | EventSource
  | { table: 'delivery'; state: 'sent' | 'opened' | 'clicked' };
export type ResolvedActivity =
  | { type: 'activity'; source: ResolvedSource; period: Bounds; measure: 'count'; test: NumberTest }
  | {
      type: 'activity';
      source: ResolvedSource;
      period: Bounds;
      measure: 'net' | 'gross' | 'returns';
      currency: string;
      test: NumberTest;
    }
  | {
      type: 'activity';
      source: ResolvedSource;
      period: Bounds;
      measure: 'firstAt' | 'lastAt';
      window: Bounds;
      inside: boolean;
    };
export type ResolvedLeaf =
  | ResolvedText
  | { type: 'presence'; field: ContactField }
  | { type: 'instant'; field: 'createdAt'; window: Bounds; inside: boolean }
  | ResolvedActivity
  | ResolvedMembership
  | ResolvedField;
export type ResolvedRule =
  | ResolvedLeaf
  | { type: 'constant'; member: boolean }
  | { type: 'all' | 'any'; rules: ResolvedRule[] }
  | { type: 'not'; rule: ResolvedRule };

/** Makes a rule ready for a back end: see ./semantics.md. Pure; the caller passes the clock. */
export function resolveRule(rule: Rule, context: RuleContext): ResolvedRule {
  switch (rule.type) {
    case 'all':
    case 'any':
      return group(
        rule.type,
        rule.rules.map((child) => resolveRule(child, context)),
      );
    case 'not':
      return complement(resolveRule(rule.rule, context));
    case 'text':
      return resolveText(rule);
    case 'presence': {
      const isSet: ResolvedRule = { type: 'presence', field: rule.field };
      return rule.op === 'isSet' ? isSet : complement(isSet);
    }
    case 'instant':
      return {
        type: 'instant',
        field: rule.field,
        window: resolvePeriod(rule.period, context),
        inside: rule.op === 'within',
      };
    case 'activity':
      return resolveActivity(rule, context);
    case 'membership': {
      const inside: ResolvedRule = { type: 'membership', list: rule.list };
      return rule.op === 'in' ? inside : complement(inside);
    }
    case 'fieldText':
    case 'fieldNumber':
    case 'fieldDate':
    case 'fieldSet':
    case 'fieldPresence': {
      const has: ResolvedRule = resolveField(rule, context) ?? { type: 'constant', member: false };
      return rule.op === 'isEmpty' ? complement(has) : has;
    }
    default:
      return assertUnreachable(rule);
  }
}

const ANY_TIME: Bounds = { from: null, to: null };

function resolveText(leaf: TextLeaf): ResolvedText {
  const needles = [...new Set(leaf.values.map((value) => fold(storableText(value))))];
  const none = leaf.op === 'isNot' || leaf.op === 'notContains';
  return { type: 'text', field: leaf.field, test: textTests[leaf.op], needles, none };
}

function resolveActivity(leaf: ActivityLeaf, context: RuleContext): ResolvedRule {
  const { measure } = leaf;
  const source = leaf.source.table === 'event' ? resolveEvents(leaf.source, context.parameters) : leaf.source;
  if (!source) return withoutActivity(leaf);
  const period = leaf.period === null ? ANY_TIME : resolvePeriod(leaf.period, context);
  const base = { type: 'activity', source, period } as const;
  switch (measure) {
    case 'firstAt':
    case 'lastAt': {
      const window = resolvePeriod(must(leaf.window, 'a time measure has a window'), context);
      return { ...base, measure, window, inside: leaf.op === 'within' };
    }
    case 'count':
      return compare(leaf, 0, (test) => ({ ...base, measure, test }));
    case 'net':
    case 'gross':
    case 'returns':
      return compare(leaf, measure === 'net' ? null : 0, (test) => ({
        ...base,
        measure,
        currency: context.currency,
        test,
      }));
    default:
      return assertUnreachable(measure);
  }
}

/** What the condition says of somebody who has no such activity: with none at all, of everybody. */
function withoutActivity(leaf: ActivityLeaf): ResolvedRule {
  if (leaf.op === 'within' || leaf.op === 'notWithin') return { type: 'constant', member: false };
  return compare(leaf, leaf.measure === 'net' ? null : 0, () => ({ type: 'constant', member: false }));
}

/**
 * Compares a number that is 0 for whoever has no activity. A comparison that 0 passes becomes the complement of one it
 * fails, so "at most 2" also finds those with none at all and both engines only ever look at contacts with activity.
 */
function compare(leaf: ActivityLeaf, lowest: number | null, make: (test: NumberTest) => ResolvedRule): ResolvedRule {
  const value = must(leaf.value, 'a number measure has a value');
  switch (leaf.op) {
    case 'atLeast':
      if (value > 0) return make({ op: 'atLeast', value });
      if (lowest !== null) return { type: 'constant', member: true };
      return complement(make({ op: 'atMost', value: value - 1 }));
    case 'atMost':
      if (value >= 0) return complement(make({ op: 'atLeast', value: value + 1 }));
      if (lowest !== null) return { type: 'constant', member: false };
      return make({ op: 'atMost', value });
    case 'equals': {
      if (value !== 0) return make({ op: 'equals', value });
      const below: ResolvedRule =
        lowest === null ? make({ op: 'atMost', value: -1 }) : { type: 'constant', member: false };
      return complement(group('any', [make({ op: 'atLeast', value: 1 }), below]));
    }
    case 'within':
    case 'notWithin':
      throw new Error('A number is compared with a number');
    default:
      return assertUnreachable(leaf.op);
  }
}

function complement(rule: ResolvedRule): ResolvedRule {
  if (rule.type === 'constant') return { type: 'constant', member: !rule.member };
  return rule.type === 'not' ? rule.rule : { type: 'not', rule };
}

/** Folds constants; `all` of nothing is everybody, `any` of nothing is nobody. */
function group(type: 'all' | 'any', rules: ResolvedRule[]): ResolvedRule {
  const absorbing = type === 'any';
  const kept: ResolvedRule[] = [];
  for (const rule of rules) {
    if (rule.type === 'constant') {
      if (rule.member === absorbing) return rule;
    } else if (rule.type === type) kept.push(...rule.rules);
    else kept.push(rule);
  }
  const [first] = kept;
  if (first === undefined) return { type: 'constant', member: !absorbing };
  return kept.length === 1 ? first : { type, rules: kept };
}
