import { type EventParameter, type EventParameters, parameterColumn } from '#shared/event/event-parameters.ts';
import { storableText } from '#shared/kernel/fold.ts';
import type { ParameterTest } from './parameter-test.schema.ts';

/** Of a measure: value is ≥ 1 where it is a count, so 0 never passes any test. */
export type NumberTest = { op: 'atLeast' | 'atMost' | 'equals'; value: number };
/** A condition on a parameter of an event: `key` in its params, `column` in the columns. No value passes none. */
export type ResolvedParameter =
  | {
      kind: 'text';
      key: string;
      column: string;
      test: 'is' | 'contains';
      /** Distinct, never empty, as they were typed. */
      needles: string[];
      none: boolean;
    }
  | { kind: 'number'; key: string; column: string; test: NumberTest };

/** Events of a type whose parameters pass all of these. */
export type EventSource = { table: 'event'; eventType: string; where: ResolvedParameter[] };

/** Null: no event can pass. */
export function resolveEvents(
  { eventType, where = [] }: { eventType: string; where?: readonly ParameterTest[] | undefined },
  parameters: EventParameters,
): EventSource | null {
  const resolved: ResolvedParameter[] = [];
  for (const test of where) {
    const parameter = resolveParameter(test, parameters.get(eventType)?.get(test.param));
    if (!parameter) return null;
    resolved.push(parameter);
  }
  return { table: 'event', eventType, where: resolved };
}

/** Null when the parameter is no column, or one of another kind: then no event has a value. */
function resolveParameter(test: ParameterTest, parameter: EventParameter | undefined): ResolvedParameter | null {
  if (!parameter) return null;
  const place = { key: parameter.key, column: parameterColumn(parameter) };
  if ('value' in test) {
    return parameter.kind === 'number' ? { kind: 'number', ...place, test: { op: test.op, value: test.value } } : null;
  }
  if (parameter.kind !== 'text') return null;
  const needles = [...new Set(test.values.map(storableText))];
  return {
    kind: 'text',
    ...place,
    test: test.op === 'contains' ? 'contains' : 'is',
    needles,
    none: test.op === 'isNot',
  };
}
