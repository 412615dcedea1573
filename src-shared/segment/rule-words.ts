import { isCategoryId } from '#shared/consent/category.schema.ts';
import { isMoney } from '#shared/contact/computed.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import type { FieldId, FieldSpec } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';
import { tagOfListId } from '#shared/contact/tag.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { FieldLeaf } from './field-leaf.schema.ts';
import type { Period } from './leaf-parts.ts';
import type { MembershipLeaf } from './membership-leaf.ts';
import { comparisons, parameterWords } from './parameter-words.ts';
import type { ActivityLeaf, Leaf, Rule, TextLeaf } from './segment.schema.ts';

/** How numbers and days are written; the caller knows zone, currency and language. */
export type RuleWriter = {
  count: (value: number) => string;
  money: (amount: number) => string;
  date: (at: number) => string;
  /** A kind of event as people read it; by its key where the caller has no words. */
  event?: (key: string) => string;
  /** A list or category by its id; none for one that was deleted, or where the caller knows none. */
  list?: (id: string) => string | undefined;
  /** An additional field; none for one that was deleted, or where the caller knows no fields. */
  field?: (id: FieldId) => Pick<FieldSpec, 'label' | 'type' | 'computed'> | undefined;
};

const textOps: Record<TextLeaf['op'], string> = {
  is: 'is',
  isNot: 'is not',
  contains: 'contains',
  notContains: 'does not contain',
  startsWith: 'starts with',
  endsWith: 'ends with',
  anyOf: 'is any of',
};

const deliveryNames = { sent: 'Emails sent', opened: 'Emails opened', clicked: 'Emails clicked' } as const;
const amountNames = { net: 'Revenue', gross: 'Gross revenue', returns: 'Returns' } as const;

/** "in the last 30 days", "from 1 Jan 2026 to 31 Jan 2026", "before 1 Jan 2026". */
export function periodWords(period: Period, writer: RuleWriter): string {
  if (period.type === 'lastDays') {
    return period.days === 1 ? 'in the last 24 hours' : `in the last ${writer.count(period.days)} days`;
  }
  if (period.type === 'localDays') {
    return period.days === 1 ? 'today' : `in the last ${writer.count(period.days)} calendar days`;
  }
  const { from, to } = period;
  // The end is exclusive; people read the last day that still counts.
  if (from !== null && to !== null) return `from ${writer.date(from)} to ${writer.date(to - 1)}`;
  if (from !== null) return `since ${writer.date(from)}`;
  if (to !== null) return `before ${writer.date(to)}`;
  return 'at any time';
}

const eventWords = (key: string, writer: RuleWriter): string => writer.event?.(key) ?? key;

function subjectWords({ source, measure }: ActivityLeaf, writer: RuleWriter): string {
  if (measure === 'net' || measure === 'gross' || measure === 'returns') return amountNames[measure];
  const name =
    source.table === 'order'
      ? 'Orders'
      : source.table === 'event'
        ? `“${eventWords(source.eventType, writer)}” events${parameterWords(source.where, writer)}`
        : deliveryNames[source.state];
  if (measure === 'count') return name;
  const which = measure === 'firstAt' ? 'First' : 'Last';
  if (source.table === 'order') return `${which} order`;
  if (source.table === 'event')
    return `${which} “${eventWords(source.eventType, writer)}” event${parameterWords(source.where, writer)}`;
  return `${which} email ${source.state}`;
}

function activityWords(leaf: ActivityLeaf, writer: RuleWriter): string {
  const during = leaf.period ? ` ${periodWords(leaf.period, writer)}` : '';
  if (leaf.op === 'within' || leaf.op === 'notWithin') {
    const window = leaf.window ? periodWords(leaf.window, writer) : 'at any time';
    return `${subjectWords(leaf, writer)} ${leaf.op === 'within' ? '' : 'not '}${window}${during}`;
  }
  const value = leaf.value ?? 0;
  const amount = leaf.measure === 'count' ? writer.count(value) : writer.money(value);
  return `${subjectWords(leaf, writer)} ${comparisons[leaf.op]} ${amount}${during}`;
}

const listed = (values: readonly string[]): string => values.filter((value) => value !== '').join(', ') || '…';
const setOps = { hasAny: 'has any of', hasAll: 'has all of', hasNone: 'has none of' } as const;

function fieldWords(leaf: FieldLeaf, writer: RuleWriter): string {
  const field = writer.field?.(leaf.field);
  const label = field?.label ?? 'A deleted field';
  switch (leaf.type) {
    case 'fieldText': {
      const op = leaf.op === 'anyOf' && leaf.values.length === 1 ? 'is' : leaf.op;
      return `${label} ${textOps[op]} ${listed(leaf.values)}`;
    }
    case 'fieldSet':
      return `${label} ${setOps[leaf.op]} ${listed(leaf.values)}`;
    case 'fieldNumber':
      if (field?.type === 'boolean') return `${label} is ${leaf.value === 0 ? 'no' : 'yes'}`;
      if (field?.computed && isMoney(field.computed))
        return `${label} ${comparisons[leaf.op]} ${writer.money(leaf.value)}`;
      return `${label} ${comparisons[leaf.op]} ${textOfCell(field?.type ?? 'integer', leaf.value)}`;
    case 'fieldDate':
      return `${label} ${leaf.op === 'within' ? '' : 'not '}${periodWords(leaf.period, writer)}`;
    case 'fieldPresence':
      return `${label} is ${leaf.op === 'isSet' ? 'set' : 'empty'}`;
    default:
      return assertUnreachable(leaf);
  }
}

function membershipWords({ list, op }: MembershipLeaf, writer: RuleWriter): string {
  const name = writer.list?.(list);
  const words = name === undefined ? '' : ` “${name}”`;
  const tag = tagOfListId(list);
  if (tag !== null) return `${op === 'in' ? 'Tagged' : 'Not tagged'} “${tag}”`;
  if (isCategoryId(list)) return `${op === 'in' ? 'Subscribed to' : 'Not subscribed to'}${words || ' a category'}`;
  return `${op === 'in' ? 'In list' : 'Not in list'}${words || ' …'}`;
}

/** One condition in words, as on a chip: "Country is Germany", "Orders ≥ 3 in the last 90 days". */
export function leafWords(leaf: Leaf, writer: RuleWriter): string {
  switch (leaf.type) {
    case 'text': {
      const values = leaf.values.filter((value) => value !== '');
      // "is any of" one is "is".
      const op = leaf.op === 'anyOf' && values.length === 1 ? 'is' : leaf.op;
      return `${contactFields[leaf.field].label} ${textOps[op]} ${values.join(', ') || '…'}`;
    }
    case 'presence':
      return `${contactFields[leaf.field].label} is ${leaf.op === 'isSet' ? 'set' : 'empty'}`;
    case 'instant':
      return `${contactFields[leaf.field].label} ${leaf.op === 'within' ? '' : 'not '}${periodWords(leaf.period, writer)}`;
    case 'activity':
      return activityWords(leaf, writer);
    case 'membership':
      return membershipWords(leaf, writer);
    case 'fieldText':
    case 'fieldNumber':
    case 'fieldDate':
    case 'fieldSet':
    case 'fieldPresence':
      return fieldWords(leaf, writer);
    default:
      return assertUnreachable(leaf);
  }
}

const isGroup = (rule: Rule): rule is Extract<Rule, { type: 'all' | 'any' }> =>
  rule.type === 'all' || rule.type === 'any';

/** A whole rule in one sentence. An empty "all" is everybody, an empty "any" nobody. */
export function ruleWords(rule: Rule, writer: RuleWriter): string {
  if (rule.type === 'not') return `not (${ruleWords(rule.rule, writer)})`;
  if (!isGroup(rule)) return leafWords(rule, writer);
  if (rule.rules.length === 0) return rule.type === 'all' ? 'Everybody' : 'Nobody';
  const joint = rule.type === 'all' ? ' and ' : ' or ';
  return rule.rules
    .map((part) => {
      const words = ruleWords(part, writer);
      return isGroup(part) && part.rules.length > 1 && rule.rules.length > 1 ? `(${words})` : words;
    })
    .join(joint);
}
