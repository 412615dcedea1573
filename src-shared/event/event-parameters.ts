import type { EventType } from './event-type.schema.ts';

/** A parameter of an event type that is a column. */
export type EventParameter = EventType['parameters'][number];
/** The parameters that are columns, by event type and by their key. */
export type EventParameters = ReadonlyMap<string, ReadonlyMap<string, EventParameter>>;

/** Column of table `event` that holds the parameter, whatever the type of the event. */
export const parameterColumn = ({ kind, slot }: Pick<EventParameter, 'kind' | 'slot'>): string => `${kind}${slot}`;

/** Event types without such parameters are left out. */
export function eventParameters(types: Iterable<EventType>): EventParameters {
  const found = new Map<string, ReadonlyMap<string, EventParameter>>();
  for (const { key, parameters } of types) {
    if (parameters.length > 0) found.set(key, new Map(parameters.map((parameter) => [parameter.key, parameter])));
  }
  return found;
}
