import { z } from 'zod';
import { type ContactField, contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { isComputedId } from '#shared/contact/field.schema.ts';
import { tagsSchema } from '#shared/contact/tag.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import {
  type FieldLeaf,
  fieldDateLeafSchema,
  fieldNumberLeafSchema,
  fieldPresenceLeafSchema,
  fieldSetLeafSchema,
  fieldTextLeafSchema,
} from './field-leaf.schema.ts';
import { operand, periodSchema } from './leaf-parts.ts';
import { type MembershipLeaf, membershipLeafSchema } from './membership-leaf.ts';
import { MAX_PARAMETER_TESTS, parameterTestSchema } from './parameter-test.schema.ts';

/**
 * The rule language. Two back ends (SQL on the server, columns in the app) answer it alike; ./semantics.md says how.
 * Every leaf is two-valued: an empty cell is never a member, except for isEmpty; `not` is the complement.
 */

/** Fields whose cells are text: what a text condition may name. */
export type TextField = Exclude<ContactField, 'createdAt'>;

export function isTextField(field: ContactField): field is TextField {
  const { type } = contactFields[field];
  return type === 'text' || type === 'choice';
}
export const textFieldKeys: readonly TextField[] = contactFieldKeys.filter(isTextField);

export const textLeafSchema = z.object({
  type: z.literal('text'),
  field: z.enum(textFieldKeys, 'Choose a field'),
  /** Positive operators hold when any value matches, negative ones when the cell is set and no value matches. */
  op: z.enum(['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf']),
  values: z.array(operand).min(1, 'Enter a value').max(500, 'Enter at most 500 values'),
});
export const presenceLeafSchema = z.object({
  type: z.literal('presence'),
  field: z.enum(contactFieldKeys, 'Choose a field'),
  op: z.enum(['isSet', 'isEmpty']),
});
export const instantLeafSchema = z.object({
  type: z.literal('instant'),
  field: z.literal('createdAt'),
  op: z.enum(['within', 'notWithin']),
  period: periodSchema,
});

/** What each measure is: a number to compare, or a time to look for in a window. */
export const measureKinds = {
  count: 'count',
  net: 'amount',
  gross: 'amount',
  returns: 'amount',
  firstAt: 'time',
  lastAt: 'time',
} as const;
export type Measure = keyof typeof measureKinds;

/** Over a contact's orders, events or deliveries. Amounts are of orders in the workspace's currency, in 1/10,000; net is gross − returns. */
export const activityLeafSchema = z
  .object({
    type: z.literal('activity'),
    source: z.discriminatedUnion('table', [
      z.object({ table: z.literal('order') }),
      z.object({
        table: z.literal('event'),
        eventType: z.string().min(1, 'Choose an event').max(200, 'An event key has at most 200 characters'),
        /** Only events that pass all of these count. */
        where: z
          .array(parameterTestSchema)
          .max(MAX_PARAMETER_TESTS, `At most ${MAX_PARAMETER_TESTS} conditions on one event`)
          .optional(),
      }),
      z.object({ table: z.literal('delivery'), state: z.enum(['sent', 'opened', 'clicked']) }),
    ]),
    /** Only activity inside the period counts; null = any time. */
    period: periodSchema.nullable(),
    measure: z.enum(['count', 'net', 'gross', 'returns', 'firstAt', 'lastAt']),
    /** For count and amounts: compares with `value`. For firstAt and lastAt: within / notWithin `window`. */
    op: z.enum(['atLeast', 'atMost', 'equals', 'within', 'notWithin']),
    value: z.int('Enter a number').nullable(),
    window: periodSchema.nullable(),
  })
  .superRefine((leaf, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const kind = measureKinds[leaf.measure];
    const isTimeOp = leaf.op === 'within' || leaf.op === 'notWithin';
    if (kind === 'amount' && leaf.source.table !== 'order') problem('measure', 'Only orders have amounts');
    if (kind === 'time') {
      if (!isTimeOp) problem('op', 'Choose within or not within');
      if (leaf.window === null) problem('window', 'Choose a period');
      if (leaf.value !== null) problem('value', 'A time is compared with a period, not with a number');
      return;
    }
    if (isTimeOp) problem('op', 'Choose at least, at most or exactly');
    if (leaf.window !== null) problem('window', 'A number is not compared with a period');
    if (leaf.value === null) problem('value', 'Enter a number');
    else if (leaf.value < 0 && leaf.measure !== 'net') problem('value', 'Enter 0 or more');
  });

export type TextLeaf = z.infer<typeof textLeafSchema>;
export type PresenceLeaf = z.infer<typeof presenceLeafSchema>;
export type InstantLeaf = z.infer<typeof instantLeafSchema>;
export type ActivityLeaf = z.infer<typeof activityLeafSchema>;
export type Leaf = TextLeaf | PresenceLeaf | InstantLeaf | ActivityLeaf | FieldLeaf | MembershipLeaf;
export type GroupRule = { type: 'all' | 'any'; rules: Rule[] };
export type NotRule = { type: 'not'; rule: Rule };
export type Rule = Leaf | GroupRule | NotRule;

const nodeSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion(
    'type',
    [
      textLeafSchema,
      presenceLeafSchema,
      instantLeafSchema,
      activityLeafSchema,
      membershipLeafSchema,
      fieldTextLeafSchema,
      fieldNumberLeafSchema,
      fieldDateLeafSchema,
      fieldSetLeafSchema,
      fieldPresenceLeafSchema,
      z.object({
        type: z.enum(['all', 'any']),
        rules: z.array(nodeSchema).max(50, 'A group has at most 50 conditions'),
      }),
      z.object({ type: z.literal('not'), rule: nodeSchema }),
    ],
    { error: 'Choose a condition' },
  ),
);

export const MAX_RULE_DEPTH = 12;
export const MAX_RULE_NODES = 500;

/** Checked before the recursive schema runs, so that no input can exhaust its stack. */
function sizeProblem(input: unknown): string | null {
  const open: { node: unknown; depth: number }[] = [{ node: input, depth: 1 }];
  let seen = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next;
    if (typeof node !== 'object' || node === null) continue;
    if (depth > MAX_RULE_DEPTH) return `Groups can be nested ${MAX_RULE_DEPTH} deep at most`;
    if (++seen > MAX_RULE_NODES) return `A rule has at most ${MAX_RULE_NODES} conditions`;
    if ('rule' in node) open.push({ node: node.rule, depth: depth + 1 });
    if ('rules' in node && Array.isArray(node.rules)) {
      for (const child of node.rules) open.push({ node: child, depth: depth + 1 });
    }
  }
  return null;
}

export const ruleSchema: z.ZodType<Rule> = z.preprocess((input, context) => {
  const message = sizeProblem(input);
  if (message === null) return input;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}, nodeSchema);

/** Body of a `segment` document. `rule` is the draft: what campaigns use is `live`; see liveRule. */
export const segmentSchema = z.object({
  name: z.string().trim().min(1, 'Give the segment a name').max(120),
  description: z.string().max(500).default(''),
  rule: ruleSchema,
  createdAt: z.number(),
  tags: tagsSchema,
  /** As last published; null = never, or written by a version 1 app: then the draft is what is used. */
  live: z
    .object({ rule: ruleSchema, publishedAt: z.number(), publishedBy: z.string().max(80).nullable().default(null) })
    .nullable()
    .default(null),
});
export type Segment = z.infer<typeof segmentSchema>;
export const SEGMENT_VERSION = 4;

/** Kinds of rules that version 2 knew. */
const ofVersion2 = new Set(['text', 'presence', 'instant', 'activity', 'all', 'any', 'not']);

/** [VER-5] A segment that asks for nothing new stays readable for older apps and servers. */
export function segmentNeeds({ rule, live }: Readonly<Record<string, unknown>>): number {
  let needed = 2;
  const open: unknown[] = [rule, typeof live === 'object' && live !== null && 'rule' in live ? live.rule : null];
  for (let node = open.pop(); open.length > 0 || node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if ('field' in node && isComputedId(node.field)) return SEGMENT_VERSION;
    if ('type' in node && !ofVersion2.has(String(node.type))) needed = 3;
    if ('rule' in node) open.push(node.rule);
    if ('rules' in node && Array.isArray(node.rules)) open.push(...node.rules);
  }
  return needed;
}

/** The rule that campaigns use. */
export function liveRule({ rule, live }: Pick<Segment, 'rule' | 'live'>): Rule {
  return live?.rule ?? rule;
}

/** Whether the draft says something else than what is used. */
export function hasDraftRule({ rule, live }: Pick<Segment, 'rule' | 'live'>): boolean {
  return live !== null && !equalJson(rule, live.rule);
}
