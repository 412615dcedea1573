/** One row per parameter of a type: as it came, as it is declared, as a column, and the field it fills. Pure. */
import type { DeclaredType, ValueKind } from '#shared/event/declared-parameters.ts';
import type { EventType, MappedField } from '#shared/event/event-type.schema.ts';
import type { SeenParameter } from '#shared/event/live-event.schema.ts';
import { switchOff, switchOn } from '#shared/event/parameter-slots.ts';

export type ParameterRow = {
  name: string;
  seen: SeenParameter | null;
  declared: { required: boolean; type: DeclaredType | null } | null;
  column: 'text' | 'number' | null;
  field: MappedField | null;
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What came most often first, then what was said of parameters that did not come. */
export function parameterRows(type: EventType, seen: readonly SeenParameter[]): ParameterRow[] {
  const names = seen.map(({ name }) => name);
  const said = [
    ...(type.declared ?? []).map(({ name }) => name),
    ...type.parameters.map(({ key }) => key),
    ...(type.mapping ?? []).map(({ parameter }) => parameter),
  ];
  for (const name of said) if (!names.some((known) => same(known, name))) names.push(name);
  return names.map((name) => {
    const declared = type.declared?.find((one) => same(one.name, name));
    return {
      name,
      seen: seen.find((one) => one.name === name) ?? null,
      declared: declared ? { required: declared.required, type: declared.type ?? null } : null,
      column: type.parameters.find((one) => same(one.key, name))?.kind ?? null,
      field: type.mapping?.find((one) => same(one.parameter, name))?.field ?? null,
    };
  });
}

/** `null` takes the declaration back. */
export function declare(type: EventType, name: string, next: ParameterRow['declared']): EventType {
  const others = (type.declared ?? []).filter((one) => !same(one.name, name));
  const own = next ? [{ name, required: next.required, ...(next.type ? { type: next.type } : {}) }] : [];
  const at = (type.declared ?? []).findIndex((one) => same(one.name, name));
  const declared = at < 0 ? [...others, ...own] : [...others.slice(0, at), ...own, ...others.slice(at)];
  return { ...type, declared };
}

/** A field is filled by one parameter: the one chosen last. */
export function fillField(type: EventType, name: string, field: MappedField | null): EventType {
  const others = (type.mapping ?? []).filter((one) => !same(one.parameter, name) && one.field !== field);
  return { ...type, mapping: field === null ? others : [...others, { parameter: name, field }] };
}

/** Null when there are as many columns of the kind as there can be. */
export function asColumn(type: EventType, name: string, kind: 'text' | 'number' | null): EventType | null {
  const key = type.parameters.find((one) => same(one.key, name))?.key ?? name;
  const next = kind === null ? switchOff(type, key) : switchOn(type, key, kind);
  return next && { ...type, ...next };
}

/** Lists and objects are no cells. */
export const canBeColumn = (seen: SeenParameter | null): boolean =>
  seen === null || (['text', 'number', 'yesNo'] satisfies ValueKind[]).some((kind) => (seen.kinds[kind] ?? 0) > 0);
