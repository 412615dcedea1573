/** Additional fields in the form of the original's address books. */
import { type FieldSpec, type FieldSpecs, fieldLists } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';

export type NumberedFields = { specs: FieldSpecs; numbers: ReadonlyMap<string, number> };

function bound(spec: FieldSpec, value: number | null): string | undefined {
  return value === null ? undefined : textOfCell(spec.type, value);
}

function fieldOf(spec: FieldSpec, numbers: NumberedFields['numbers']) {
  return {
    id: numbers.get(spec.id),
    name: spec.label,
    fieldKey: spec.key,
    description: {
      type: spec.type,
      required: spec.required,
      readonly: spec.readOnly || Boolean(spec.computed),
      allowedValues: {
        possibleValues: spec.allowedValues,
        minValue: bound(spec, spec.min),
        maxValue: bound(spec, spec.max),
      },
    },
  };
}

export function addressBook({ specs, numbers }: NumberedFields) {
  const fieldGroups = fieldLists(specs).map(({ key, name, fields }) => ({
    name,
    profileKey: key,
    fields: fields.map((spec) => fieldOf(spec, numbers)),
  }));
  return { addressBook: { addressBookId: 1, name: 'Contacts', fieldGroups } };
}

export const fieldList = ({ specs, numbers }: NumberedFields) =>
  [...specs.values()].map((spec) => fieldOf(spec, numbers));
