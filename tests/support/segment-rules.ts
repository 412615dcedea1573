/** Arbitrary rules over the data of ./segment-data.ts: every leaf, operator and period, nested up to three deep. */
import fc from 'fast-check';
import { contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { type FieldLeaf, fieldLeafType } from '#shared/segment/field-leaf.schema.ts';
import type { Period } from '#shared/segment/leaf-parts.ts';
import type { ParameterTest } from '#shared/segment/parameter-test.schema.ts';
import { type Leaf, type Rule, ruleSchema, textFieldKeys } from '#shared/segment/segment.schema.ts';
import { chosen, context, dayCounts, eventTypes, instants, lists, operands } from './segment-data.ts';

const edge = fc.constantFrom(...instants);
const days = fc.constantFrom(...dayCounts);
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.record({ type: fc.constant('lastDays' as const), days }),
  fc.record({ type: fc.constant('localDays' as const), days }),
  fc.record({ type: fc.constant('between' as const), from: edge, to: fc.constant(null) }),
  fc.record({ type: fc.constant('between' as const), from: fc.constant(null), to: edge }),
  fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ type: 'between' as const, from: Math.min(a, b), to: Math.max(a, b) })),
);

const text: fc.Arbitrary<Leaf> = fc.record({
  type: fc.constant('text' as const),
  field: fc.constantFrom(...textFieldKeys),
  op: fc.constantFrom('is' as const, 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf'),
  values: fc.array(fc.constantFrom(...operands(), 'subscribed', 'none'), { minLength: 1, maxLength: 4 }),
});
const presence: fc.Arbitrary<Leaf> = fc.record({
  type: fc.constant('presence' as const),
  field: fc.constantFrom(...contactFieldKeys),
  op: fc.constantFrom('isSet' as const, 'isEmpty'),
});
const instant: fc.Arbitrary<Leaf> = fc.record({
  type: fc.constant('instant' as const),
  field: fc.constant('createdAt' as const),
  op: fc.constantFrom('within' as const, 'notWithin'),
  period,
});

const eventType = fc.constantFrom(...eventTypes, 'never seen');
const param = fc.oneof({ weight: 5, arbitrary: fc.constant('brand') }, fc.constantFrom('price', 'nothing'));
export const parameterTest: fc.Arbitrary<ParameterTest> = fc.oneof(
  fc.record({
    param,
    op: fc.constantFrom('is' as const, 'isNot', 'contains', 'anyOf'),
    values: fc.array(fc.constantFrom(...operands()), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    param: fc.oneof({ weight: 5, arbitrary: fc.constant('price') }, param),
    op: fc.constantFrom('atLeast' as const, 'atMost', 'equals'),
    value: fc.constantFrom(-3, 0, 0.1, 12.5, 1e15),
  }),
);

const order = fc.constant({ table: 'order' as const });
const source = fc.oneof(
  order,
  fc.record(
    {
      table: fc.constant('event' as const),
      eventType: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('purchase', 'open') }, eventType),
      where: fc.array(parameterTest, { maxLength: 3 }),
    },
    { requiredKeys: ['table', 'eventType'] },
  ),
  fc.record({ table: fc.constant('delivery' as const), state: fc.constantFrom('sent' as const, 'opened', 'clicked') }),
);
const activity = { type: fc.constant('activity' as const), period: fc.option(period), window: fc.constant(null) };
const compare = fc.constantFrom('atLeast' as const, 'atMost', 'equals');
const counted: fc.Arbitrary<Leaf> = fc.record({
  ...activity,
  source,
  measure: fc.constant('count' as const),
  op: compare,
  value: fc.integer({ min: 0, max: 4 }),
});
const amount: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    ...activity,
    source: order,
    measure: fc.constantFrom('gross' as const, 'returns'),
    op: compare,
    value: fc.integer({ min: 0, max: 4 }).map((units) => units * 10_000),
  }),
  fc.record({
    ...activity,
    source: order,
    measure: fc.constant('net' as const),
    op: compare,
    value: fc.integer({ min: -2, max: 3 }).map((units) => units * 10_000),
  }),
);
const timed: fc.Arbitrary<Leaf> = fc.record({
  ...activity,
  source,
  measure: fc.constantFrom('firstAt' as const, 'lastAt'),
  op: fc.constantFrom('within' as const, 'notWithin'),
  value: fc.constant(null),
  window: period,
});

const fieldIds = [...context.fields.keys()];
/** Mostly of the kind that fits: another kind of condition finds nobody, which is soon seen. */
const fieldOf = (leaf: FieldLeaf['type']) => {
  const fitting = [...context.fields.values()].filter(({ type }) => fieldLeafType(type) === leaf).map(({ id }) => id);
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...(fitting.length > 0 ? fitting : fieldIds)) },
    fc.constantFrom(...fieldIds, 'field:00000099' as const),
  );
};
const wanted = fc.array(fc.constantFrom(...operands(), ...chosen), { minLength: 1, maxLength: 4 });
const field: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    type: fc.constant('fieldText' as const),
    field: fieldOf('fieldText'),
    op: fc.constantFrom('is' as const, 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf'),
    values: wanted,
  }),
  fc.record({
    type: fc.constant('fieldSet' as const),
    field: fieldOf('fieldSet'),
    op: fc.constantFrom('hasAny' as const, 'hasAll', 'hasNone'),
    values: fc.array(fc.constantFrom(...chosen, ...chosen.map((one) => one.toUpperCase()), 'x'), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({
    type: fc.constant('fieldNumber' as const),
    field: fieldOf('fieldNumber'),
    op: fc.constantFrom('atLeast' as const, 'atMost', 'equals'),
    value: fc.constantFrom(-3, 0, 1, 7, 3_600, 125_000),
  }),
  fc.record({
    type: fc.constant('fieldDate' as const),
    field: fieldOf('fieldDate'),
    op: fc.constantFrom('within' as const, 'notWithin'),
    period,
  }),
  fc.record({
    type: fc.constant('fieldPresence' as const),
    field: fc.constantFrom(...fieldIds, 'field:00000099' as const),
    op: fc.constantFrom('isSet' as const, 'isEmpty'),
  }),
);

const membership: fc.Arbitrary<Leaf> = fc.record({
  type: fc.constant('membership' as const),
  list: fc.constantFrom(...lists, 'none'),
  op: fc.constantFrom('in' as const, 'notIn'),
});

const leaf = fc.oneof(text, presence, instant, counted, amount, timed, membership, { weight: 4, arbitrary: field });

function ruleOf(depth: number): fc.Arbitrary<Rule> {
  if (depth === 0) return leaf;
  const child = ruleOf(depth - 1);
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constantFrom('all' as const, 'any'), rules: fc.array(child, { maxLength: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('not' as const), rule: child }) },
  );
}

/** Valid rules only: what the schema refuses would never reach a back end. */
export const arbitraryRule: fc.Arbitrary<Rule> = ruleOf(3).map((rule) => ruleSchema.parse(rule));
