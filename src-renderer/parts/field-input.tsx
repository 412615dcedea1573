import { MultiSelect, Select, TextInput } from '@mantine/core';
import type { FieldSpec } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';
import { zoneOffset } from '#shared/kernel/time.ts';

/** What a value looks like in its input: as text, a wall-clock time in the workspace's zone. */
export function draftOf(
  { type }: Pick<FieldSpec, 'type'>,
  cell: string | number | null | undefined,
  zone: string,
): string {
  if (cell === null || cell === undefined) return '';
  if (type !== 'dateTime' || typeof cell !== 'number') return textOfCell(type, cell);
  return new Date(cell + zoneOffset(zone, cell)).toISOString().slice(0, 16);
}

const inputTypes: Partial<Record<FieldSpec['type'], string>> = {
  date: 'date',
  dateTime: 'datetime-local',
  time: 'time',
  email: 'email',
  url: 'url',
};

export type FieldInputProps = {
  spec: Pick<FieldSpec, 'label' | 'type' | 'allowedValues'>;
  draft: string;
  problem: string | null;
  className?: string | undefined;
  onDraft: (draft: string) => void;
  /** The value is meant: what was chosen at once, what was typed when it is left or confirmed by Enter. */
  onSave: (draft: string) => void;
  onLeave: () => void;
};

/** The input that fits a field's type. */
export function FieldInput({ spec, draft, problem, className, onDraft, onSave, onLeave }: FieldInputProps) {
  const common = { className, 'aria-label': spec.label, autoFocus: true, error: problem };
  const leaveOnEscape = (event: { key: string; stopPropagation: () => void }) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onLeave();
  };
  if (spec.type === 'boolean' || spec.type === 'choice') {
    const yesNo = [
      { value: 'true', label: 'Yes' },
      { value: 'false', label: 'No' },
    ];
    return (
      <Select
        {...common}
        data={spec.type === 'boolean' ? yesNo : offered(spec.allowedValues, draft === '' ? [] : [draft])}
        value={draft === '' ? null : draft}
        clearable
        searchable={spec.type === 'choice'}
        defaultDropdownOpened
        placeholder="Not set"
        onChange={(value) => onSave(value ?? '')}
        onBlur={onLeave}
        onKeyDown={leaveOnEscape}
      />
    );
  }
  if (spec.type === 'multiple') {
    const values = draft === '' ? [] : draft.split('\n');
    return (
      <MultiSelect
        {...common}
        data={offered(spec.allowedValues, values)}
        value={values}
        clearable
        searchable
        defaultDropdownOpened
        placeholder={values.length === 0 ? 'Not set' : ''}
        onChange={(chosen) => onDraft(chosen.join('\n'))}
        onBlur={() => onSave(draft)}
        onKeyDown={leaveOnEscape}
      />
    );
  }
  return (
    <TextInput
      {...common}
      type={inputTypes[spec.type] ?? 'text'}
      inputMode={spec.type === 'integer' ? 'numeric' : spec.type === 'decimal' ? 'decimal' : undefined}
      step={spec.type === 'time' && draft.length > 5 ? 1 : undefined}
      maxLength={1_000}
      value={draft}
      onChange={(event) => onDraft(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => onSave(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onSave(draft);
        leaveOnEscape(event);
      }}
    />
  );
}

/** A value that is not allowed any more stays to be seen. */
const offered = (allowed: readonly string[], chosen: readonly string[]): string[] => [
  ...allowed,
  ...chosen.filter((value) => !allowed.includes(value)),
];
