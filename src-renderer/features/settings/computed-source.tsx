import { MultiSelect, Select } from '@mantine/core';
import { useLive } from '#renderer/data/hooks.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { Computed, ComputedSource, ComputedValue } from '#shared/contact/computed.schema.ts';
import { orderValues } from '#shared/contact/computed.schema.ts';
import { type EventParameter, eventParameters } from '#shared/event/event-parameters.ts';
import { eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { orderStatuses } from '#shared/order/order-input.schema.ts';

/** Kinds of events, and which of their parameters are columns. */
export function useEventParameters(): {
  types: readonly string[];
  parametersOf: (eventType: string) => readonly EventParameter[];
} {
  const seen = useLive((from) => from.eventTypes(), [], ['columns']).value;
  const documents = useLive((from) => from.documents('event-type'), [], ['documents:event-type']).value;
  const known = eventParameters(typedDocs(eventTypeSchema, documents ?? []).map(({ body }) => body));
  const types = new Set([...(seen ?? []).map(({ value }) => value), ...known.keys()]);
  return { types: [...types], parametersOf: (eventType) => [...(known.get(eventType)?.values() ?? [])] };
}

/** Everything that can be looked at in a source; null is how many there are. */
export function valuesOf(source: ComputedSource, parameters: readonly EventParameter[]): ComputedValue[] {
  const time: ComputedValue = { of: 'time' };
  if (source.table === 'event') {
    return [time, ...parameters.map(({ key, kind }): ComputedValue => ({ of: 'parameter', param: key, kind }))];
  }
  const columns: ComputedValue[] =
    source.table === 'order'
      ? keysOf(orderValues.order).map((column) => ({ of: 'column', column }))
      : keysOf(orderValues.orderLine).map((column) => ({ of: 'column', column }));
  return [...columns, time];
}

const keysOf = <T extends object>(object: T) => Object.keys(object) as (keyof T)[];

/** Where a computed field looks: orders, what was in them, or events of a kind. */
export function SourceChoice({
  source,
  types,
  onChange,
}: {
  source: ComputedSource;
  types: readonly string[];
  onChange: (source: ComputedSource) => void;
}) {
  const format = useFormat();
  const events = new Set([...types, ...(source.table === 'event' ? [source.eventType] : [])]);
  return (
    <Select
      aria-label="Look at"
      searchable
      allowDeselect={false}
      maxDropdownHeight={300}
      data={[
        {
          group: 'Orders',
          items: [
            { value: 'order', label: 'orders' },
            { value: 'orderLine', label: 'items bought' },
          ],
        },
        { group: 'Events', items: [...events].map((key) => ({ value: `event ${key}`, label: format.event(key) })) },
      ]}
      value={source.table === 'event' ? `event ${source.eventType}` : source.table}
      onChange={(chosen) => {
        if (chosen === 'order' || chosen === 'orderLine') {
          onChange({ table: chosen, statuses: source.table === 'event' ? [] : source.statuses });
        } else if (chosen) onChange({ table: 'event', eventType: chosen.slice('event '.length), where: [] });
      }}
    />
  );
}

/** Which orders count. */
export function StatusChoice({
  source,
  onChange,
}: {
  source: Exclude<Computed['source'], { table: 'event' }>;
  onChange: (source: ComputedSource) => void;
}) {
  return (
    <MultiSelect
      aria-label="Order statuses"
      placeholder={source.statuses.length === 0 ? 'any that counts in reports' : ''}
      data={[...new Set([...orderStatuses, ...source.statuses])].map((value) => ({
        value,
        label: sentenceCase(value),
      }))}
      value={source.statuses}
      clearable
      onChange={(statuses) => onChange({ ...source, statuses })}
    />
  );
}
