import { useMemo } from 'react';
import { create } from 'zustand';
import { decimalWords, type Format } from '#renderer/ui/format.ts';
import { isMoney } from '#shared/contact/computed.schema.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpec, type FieldSpecs, isFieldId, VALUE_SEPARATOR } from '#shared/contact/field.schema.ts';
import { DECIMAL_SCALE, textOfCell } from '#shared/contact/field-value.ts';
import { usePersonalHere } from './personal-here.ts';

/** The workspace's additional fields as this device knows them; kept current by useWatchFields. */
const useKnown = create<{ specs: FieldSpecs }>(() => ({ specs: new Map() }));

export const setFieldSpecs = (specs: FieldSpecs): void => useKnown.setState({ specs });
export const fieldSpecsNow = (): FieldSpecs => useKnown.getState().specs;

/** Every additional field, whether its values are here or not. */
export const useAllFieldSpecs = (): FieldSpecs => useKnown(({ specs }) => specs);

/** The fields whose values can be shown here. */
export function useFieldSpecs(): FieldSpecs {
  const specs = useAllFieldSpecs();
  const personal = usePersonalHere();
  return useMemo(
    () => (personal ? specs : new Map([...specs].filter(([, spec]) => !spec.personal))),
    [specs, personal],
  );
}

/** What a field is called. */
export function fieldLabel(field: AnyField): string {
  return isFieldId(field) ? (fieldSpecsNow().get(field)?.label ?? 'A deleted field') : contactFields[field].label;
}

/** A value as people read it. */
export function fieldValueWords(
  { type, computed }: Pick<FieldSpec, 'type' | 'computed'>,
  cell: string | number,
  format: Format,
): string {
  if (typeof cell === 'string') return cell.replaceAll(VALUE_SEPARATOR, ', ');
  if (computed && isMoney(computed)) return format.money(cell);
  switch (type) {
    case 'integer':
      return format.count(cell);
    case 'decimal':
      return decimalWords(cell / DECIMAL_SCALE);
    case 'boolean':
      return cell === 0 ? 'No' : 'Yes';
    case 'date':
      return format.period(textOfCell('date', cell));
    case 'dateTime':
      return format.dateTime(cell);
    default:
      return textOfCell(type, cell);
  }
}
