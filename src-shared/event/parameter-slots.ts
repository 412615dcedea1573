/** Switching parameters of an event type on and off as columns. A slot is given away again as late as can be. */
import { EVENT_NUMBER_SLOTS, EVENT_TEXT_SLOTS, type EventType } from './event-type.schema.ts';

type Switches = Pick<EventType, 'parameters' | 'retired'>;
type Parameter = EventType['parameters'][number];
type Kind = Parameter['kind'];

export const slotsOf = (kind: Kind): number => (kind === 'text' ? EVENT_TEXT_SLOTS : EVENT_NUMBER_SLOTS);

/** The slot for a parameter: its own of before, else one nobody had, else the one switched off longest ago; null when all are in use. */
function slotFor({ parameters, retired = [] }: Switches, key: string, kind: Kind): number | null {
  const inUse = new Set(parameters.filter((one) => one.kind === kind).map(({ slot }) => slot));
  const before = retired.filter((one) => one.kind === kind && !inUse.has(one.slot));
  const own = before.findLast((one) => one.key === key);
  if (own) return own.slot;
  const had = new Set(before.map(({ slot }) => slot));
  for (let slot = 0; slot < slotsOf(kind); slot++) if (!inUse.has(slot) && !had.has(slot)) return slot;
  return before[0]?.slot ?? null;
}

/** Null when there are as many columns of the kind as there can be. */
export function switchOn(type: Switches, key: string, kind: Kind): Required<Switches> | null {
  const off = switchOff(type, key);
  const slot = slotFor(off, key, kind);
  if (slot === null) return null;
  return {
    parameters: [...off.parameters, { key, kind, slot }],
    retired: off.retired.filter((one) => one.kind !== kind || one.slot !== slot),
  };
}

export function switchOff({ parameters, retired = [] }: Switches, key: string): Required<Switches> {
  return {
    parameters: parameters.filter((one) => one.key !== key),
    retired: [...retired, ...parameters.filter((one) => one.key === key)],
  };
}
