import { Checkbox, NativeSelect, Select } from '@mantine/core';
import { useAllFieldSpecs } from '#renderer/parts/field-store.ts';
import list from '#renderer/ui/list.module.css';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import { isComputedId } from '#shared/contact/field.schema.ts';
import {
  type DeclaredType,
  declaredTypes,
  declaredTypeWords,
  type ValueKind,
  valueKindWords,
} from '#shared/event/declared-parameters.ts';
import { type MappedField, mappedFieldSchema } from '#shared/event/event-type.schema.ts';
import type { SeenParameter } from '#shared/event/live-event.schema.ts';
import classes from './events.module.css';
import { canBeColumn, type ParameterRow } from './type-rows.ts';

type Props = {
  row: ParameterRow;
  /** How many events were looked at; null while that is not known. */
  looked: number | null;
  disabled: boolean;
  onDeclare: (next: ParameterRow['declared']) => void;
  onColumn: (kind: 'text' | 'number' | null) => void;
  onField: (field: MappedField | null) => void;
};

const NOT_DECLARED = 'none';
const ANYTHING = 'any';
const declaredOptions = [
  { value: NOT_DECLARED, label: 'Not declared' },
  { value: ANYTHING, label: 'Anything' },
  ...declaredTypes.map((value) => ({ value, label: declaredTypeWords[value] })),
];

/** One parameter: what came, and the three things it can be used for. */
export function ParameterTableRow({ row, looked, disabled, onDeclare, onColumn, onField }: Props) {
  const { name, seen, declared, column, field } = row;
  const format = useFormat();
  const fields = useFieldOptions();
  const isColumn = canBeColumn(seen);
  return (
    <tr>
      <td title={name}>
        <code>{name}</code>
      </td>
      <td
        className={list.dim}
        title={seen && looked !== null ? `In ${format.share(seen.events, looked)} of them` : undefined}
      >
        {seen ? kindsOf(seen) : 'Not seen'}
      </td>
      <td className={list.dim} title={seen?.examples?.join('\n')}>
        {seen?.examples?.join(' · ') ?? ''}
      </td>
      <td>
        <NativeSelect
          size="xs"
          aria-label={`${name}: declared as`}
          disabled={disabled}
          data={declaredOptions}
          value={declared === null ? NOT_DECLARED : (declared.type ?? ANYTHING)}
          onChange={(event) => {
            const next = event.currentTarget.value;
            const type: DeclaredType | null = declaredTypes.find((one) => one === next) ?? null;
            onDeclare(next === NOT_DECLARED ? null : { required: declared?.required ?? false, type });
          }}
        />
      </td>
      <td>
        <Checkbox
          size="xs"
          aria-label={`${name}: required`}
          disabled={disabled}
          checked={declared?.required ?? false}
          onChange={(event) => onDeclare({ type: declared?.type ?? null, required: event.currentTarget.checked })}
        />
      </td>
      <td title={isColumn ? undefined : 'Lists and objects cannot be asked for in segments'}>
        <NativeSelect
          size="xs"
          aria-label={`${name}: in segments`}
          disabled={disabled || (!isColumn && column === null)}
          data={[
            { value: 'off', label: 'No' },
            { value: 'text', label: 'As text' },
            { value: 'number', label: 'As number' },
          ]}
          value={column ?? 'off'}
          onChange={(event) => {
            const next = event.currentTarget.value;
            onColumn(next === 'text' || next === 'number' ? next : null);
          }}
        />
      </td>
      <td>
        <Select
          size="xs"
          aria-label={`${name}: fills the field`}
          className={classes.fieldSelect}
          disabled={disabled}
          searchable
          clearable
          placeholder="None"
          data={fields}
          value={field}
          onChange={(next) => onField(mappedFieldSchema.safeParse(next).data ?? null)}
        />
      </td>
    </tr>
  );
}

/** Fixed fields a program may write, then the workspace's own. */
function useFieldOptions() {
  const specs = useAllFieldSpecs();
  const own = [...specs.values()].filter(({ id }) => !isComputedId(id)).map(({ id, label }) => ({ value: id, label }));
  const fixed = writableContactFields.map((value) => ({ value, label: contactFields[value].label }));
  return [
    { group: 'Contact', items: fixed },
    ...(own.length === 0 ? [] : [{ group: 'Additional fields', items: own }]),
  ];
}

/** "number, text", the most frequent first. */
const kindsOf = ({ kinds }: SeenParameter): string =>
  Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind]) => (isKind(kind) ? valueKindWords[kind] : kind))
    .join(', ');

const isKind = (kind: string): kind is ValueKind => Object.hasOwn(valueKindWords, kind);
