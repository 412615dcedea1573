import { TagsInput, TextInput } from '@mantine/core';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './rule.module.css';
import { several } from './text-comparisons.ts';

export type TextOperandProps = {
  /** What is compared. */
  label: string;
  op: string;
  values: string[];
  problem: string | null;
  /** Values contacts have, and how many have each. */
  known: readonly { value: string; count: number }[];
  /** `typing`: one of many quick edits. */
  onChange: (values: string[], typing: boolean) => void;
};

/** What text is compared with: one value, or several, of which the known ones are offered. */
export function TextOperand({ label, op, values, problem, known, onChange }: TextOperandProps) {
  const format = useFormat();
  if (!several(op)) {
    return (
      <TextInput
        data-autofocus
        className={classes.grow}
        aria-label={`${label}: value`}
        placeholder="Value"
        value={values[0] ?? ''}
        error={problem ?? undefined}
        onChange={(event) => onChange([event.currentTarget.value], true)}
      />
    );
  }
  const counts = new Map(known.map(({ value, count }) => [value, count]));
  return (
    <TagsInput
      data-autofocus
      className={classes.grow}
      aria-label={`${label}: values`}
      placeholder={values.length === 0 ? 'Type and press Enter' : ''}
      data={[...counts.keys()]}
      value={values}
      // In a portal a choice would count as a click outside of the filter's own popover, and close it.
      comboboxProps={{ withinPortal: false }}
      acceptValueOnBlur
      splitChars={[]}
      maxDropdownHeight={260}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span>{option.value}</span>
          <span className={classes.optionCount}>{format.count(counts.get(String(option.value)) ?? 0)}</span>
        </span>
      )}
      onChange={(next) => onChange(next, false)}
    />
  );
}
