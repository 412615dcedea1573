import {
  type Computed,
  type ComputedValue,
  computedType,
  isMoney,
  isZeroBased,
  valueKind,
} from '#shared/contact/computed.schema.ts';
import { type EventParameters, parameterColumn } from '#shared/event/event-parameters.ts';
import { type Bounds, resolvePeriod } from './periods.ts';
import { type EventSource, resolveEvents } from './resolve-parameters.ts';

/** Which rows count. Orders of no status in particular are those with a gross line, as in reports. */
export type ComputedRows = EventSource | { table: 'order' | 'orderLine'; statuses: string[] };
/**
 * What of a row counts, with the number of 1/10,000 in one of it: `scale` × the column, rounded. Amounts count in the
 * workspace's currency only.
 */
export type ResolvedValue =
  | { kind: 'time' }
  | { kind: 'text'; key: string; column: string }
  | { kind: 'number'; key: string; column: string; scale: number; currency: string | null };

/** A computed field as both engines take it. */
export type ResolvedComputed = {
  /** Null: no row can count. */
  rows: ComputedRows | null;
  /** Whoever has nothing to show has 0. */
  zero: boolean;
  isText: boolean;
  period: Bounds;
} & (
  | { aggregate: 'count' }
  | { aggregate: 'sum' | 'average' | 'min' | 'max'; value: Extract<ResolvedValue, { kind: 'number' }> }
  | { aggregate: 'first' | 'last'; value: ResolvedValue }
  | { aggregate: 'mostFrequent'; value: Extract<ResolvedValue, { kind: 'text' }> }
);

export type ComputedContext = { now: number; zone: string; currency: string; parameters: EventParameters };

const ANY_TIME: Bounds = { from: null, to: null };

/** Makes a computed field ready for an engine. Pure; the caller passes the clock. */
export function resolveComputed(computed: Computed, context: ComputedContext): ResolvedComputed {
  const { source, aggregate, days } = computed;
  const rows = source.table === 'event' ? resolveEvents(source, context.parameters) : source;
  const value = computed.value && resolveValue(computed, computed.value, context);
  const base = {
    rows: computed.value === null || value ? rows : null,
    zero: isZeroBased(computed),
    isText: computedType(computed) === 'text',
    period: days === null ? ANY_TIME : resolvePeriod({ type: 'lastDays', days }, context),
  };
  const nothing = { ...base, aggregate: 'count', rows: null } as const;
  switch (aggregate) {
    case 'count':
      return { ...base, aggregate };
    case 'first':
    case 'last':
      return value ? { ...base, aggregate, value } : nothing;
    case 'mostFrequent':
      return value?.kind === 'text' ? { ...base, aggregate, value } : nothing;
    default:
      return value?.kind === 'number' ? { ...base, aggregate, value } : nothing;
  }
}

/** Values of events are any numbers, amounts come in 1/10,000 and quantities in 1/1,000. */
const scales = { number: 10_000, money: 1, quantity: 10 } as const;

/** Null: a parameter that is no column, or one of another kind; then no row has a value. */
function resolveValue(
  computed: Computed,
  value: ComputedValue,
  { currency, parameters }: ComputedContext,
): ResolvedValue | null {
  const { source } = computed;
  const kind = valueKind(source, value);
  if (kind === null) return null;
  if (kind === 'time') return { kind };
  const place = placeOf(source, value, parameters);
  if (!place) return null;
  if (kind === 'text') return { kind, ...place };
  return { kind: 'number', ...place, scale: scales[kind], currency: isMoney(computed) ? currency : null };
}

function placeOf(
  source: Computed['source'],
  value: ComputedValue,
  parameters: EventParameters,
): { key: string; column: string } | null {
  if (value.of === 'column') return { key: value.column, column: value.column };
  if (value.of === 'time' || source.table !== 'event') return null;
  const parameter = parameters.get(source.eventType)?.get(value.param);
  return parameter?.kind === value.kind ? { key: parameter.key, column: parameterColumn(parameter) } : null;
}
