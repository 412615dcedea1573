import type { FieldId, FieldSpec, FieldSpecs } from '#shared/contact/field.schema.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { DAY_MS, zoneOffset } from '#shared/kernel/time.ts';
import type { FieldLeaf } from './field-leaf.schema.ts';
import { fieldLeafType } from './field-leaf.schema.ts';
import type { Bounds } from './periods.ts';
import { resolvePeriod } from './periods.ts';
import { type ComputedContext, type ResolvedComputed, resolveComputed } from './resolve-computed.ts';
import type { TextTest } from './text-match.ts';

/**
 * A condition on an additional field as the engines take it; an empty value passes none of them. Needles are folded, but
 * for computed values, which are compared as they were sent.
 */
export type ResolvedField = { field: FieldId; personal: boolean; computed: ResolvedComputed | null } & (
  | { type: 'fieldText'; test: TextTest; needles: string[]; none: boolean }
  | { type: 'fieldSet'; op: 'hasAny' | 'hasAll' | 'hasNone'; needles: string[] }
  /** Both bounds inclusive, null = open; values outside of them where `inside` is false. */
  | { type: 'fieldRange'; low: number | null; high: number | null; inside: boolean }
  | { type: 'fieldPresence'; isText: boolean }
);

export const textTests = {
  is: 'is',
  isNot: 'is',
  anyOf: 'is',
  contains: 'contains',
  notContains: 'contains',
  startsWith: 'startsWith',
  endsWith: 'endsWith',
} as const satisfies Record<string, TextTest>;

const folded = (values: readonly string[]): string[] => [...new Set(values.map((value) => fold(storableText(value))))];
const asSent = (values: readonly string[]): string[] => [...new Set(values.map(storableText))];

/** Null: the field is not there (any more), or its values are compared in another way; then nobody has such a value. */
export function resolveField(leaf: FieldLeaf, context: ComputedContext & { fields: FieldSpecs }): ResolvedField | null {
  const spec = context.fields.get(leaf.field);
  if (!spec) return null;
  const kind = fieldLeafType(spec.type);
  if (leaf.type !== 'fieldPresence' && leaf.type !== kind) return null;
  const computed = spec.computed ? resolveComputed(spec.computed, context) : null;
  const about = { field: spec.id, personal: spec.personal, computed };
  const needlesOf = computed ? asSent : folded;
  switch (leaf.type) {
    case 'fieldPresence':
      return { ...about, type: 'fieldPresence', isText: kind === 'fieldText' || kind === 'fieldSet' };
    case 'fieldText': {
      const none = leaf.op === 'isNot' || leaf.op === 'notContains';
      return { ...about, type: 'fieldText', test: textTests[leaf.op], needles: needlesOf(leaf.values), none };
    }
    case 'fieldSet':
      return { ...about, type: 'fieldSet', op: leaf.op, needles: folded(leaf.values) };
    case 'fieldNumber': {
      const low = leaf.op === 'atMost' ? null : leaf.value;
      const high = leaf.op === 'atLeast' ? null : leaf.value;
      return { ...about, type: 'fieldRange', low, high, inside: true };
    }
    case 'fieldDate': {
      const period = resolvePeriod(leaf.period, context);
      return { ...about, type: 'fieldRange', ...rangeOf(spec, period, context.zone), inside: leaf.op === 'within' };
    }
    default:
      return assertUnreachable(leaf);
  }
}

/** A date lies in a period when some of its day, in the workspace's zone, does. */
function rangeOf({ type }: FieldSpec, { from, to }: Bounds, zone: string): { low: number | null; high: number | null } {
  const last = to === null ? null : to - 1;
  if (type === 'dateTime') return { low: from, high: last };
  const dayOf = (at: number | null) => (at === null ? null : Math.floor((at + zoneOffset(zone, at)) / DAY_MS));
  return { low: dayOf(from), high: dayOf(last) };
}
