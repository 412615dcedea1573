import { z } from 'zod';
import { contactFieldKeys } from '#shared/contact/contact-fields.ts';

/**
 * The rule language. Two back ends (SQL on the server, columns in the app) answer it alike; see SEMANTICS in
 * ./semantics.md. Every leaf is two-valued: an empty cell is never a member, except for isEmpty; `not` is the complement.
 */
export const RULE_VERSION = 1;

const fieldKey = z.enum(contactFieldKeys as [string, ...string[]] as never as [(typeof contactFieldKeys)[number]]);
const operand = z.string().min(1, 'Enter a value').max(500);

/** A period that moves with the clock: the last N days (N·86,400 s before now), or local days since midnight; or fixed instants [from, to). */
export const periodSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lastDays'), days: z.int().min(1).max(3650) }),
  z.object({ type: z.literal('between'), from: z.number().nullable(), to: z.number().nullable() }),
]);

export const textLeafSchema = z.object({
  type: z.literal('text'),
  field: fieldKey,
  op: z.enum(['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf']),
  values: z.array(operand).min(1, 'Enter a value').max(500),
});
export const presenceLeafSchema = z.object({
  type: z.literal('presence'),
  field: fieldKey,
  op: z.enum(['isSet', 'isEmpty']),
});
export const instantLeafSchema = z.object({
  type: z.literal('instant'),
  field: z.literal('createdAt'),
  op: z.enum(['within', 'notWithin']),
  period: periodSchema,
});
/** Over a contact's orders, events or deliveries. amount is gross − returns, gross or returns of orders, in 1/10,000. */
export const activityLeafSchema = z.object({
  type: z.literal('activity'),
  source: z.discriminatedUnion('table', [
    z.object({ table: z.literal('order') }),
    z.object({ table: z.literal('event'), eventType: z.string().min(1).max(200) }),
    z.object({ table: z.literal('delivery'), state: z.enum(['sent', 'opened', 'clicked']) }),
  ]),
  /** Only activity inside the period counts; null = any time. */
  period: periodSchema.nullable(),
  measure: z.enum(['count', 'net', 'gross', 'returns', 'firstAt', 'lastAt']),
  /** For count and amounts: compares with value. For firstAt/lastAt: within / notWithin `window`. */
  op: z.enum(['atLeast', 'atMost', 'equals', 'within', 'notWithin']),
  value: z.number().nullable(),
  window: periodSchema.nullable(),
});

export type Period = z.infer<typeof periodSchema>;
export type TextLeaf = z.infer<typeof textLeafSchema>;
export type PresenceLeaf = z.infer<typeof presenceLeafSchema>;
export type InstantLeaf = z.infer<typeof instantLeafSchema>;
export type ActivityLeaf = z.infer<typeof activityLeafSchema>;
export type Leaf = TextLeaf | PresenceLeaf | InstantLeaf | ActivityLeaf;
export type Rule = Leaf | { type: 'all' | 'any'; rules: Rule[] } | { type: 'not'; rule: Rule };

export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.union([
    textLeafSchema,
    presenceLeafSchema,
    instantLeafSchema,
    activityLeafSchema,
    z.object({ type: z.enum(['all', 'any']), rules: z.array(ruleSchema).max(50) }),
    z.object({ type: z.literal('not'), rule: ruleSchema }),
  ]),
);

/** Body of a `segment` document. */
export const segmentSchema = z.object({
  name: z.string().trim().min(1, 'Give the segment a name').max(120),
  description: z.string().max(500).default(''),
  rule: ruleSchema,
  createdAt: z.number(),
});
export type Segment = z.infer<typeof segmentSchema>;
export const SEGMENT_VERSION = 1;
