import { TextInput } from '@mantine/core';

export type NameFieldProps = {
  value: string;
  /** Said when there is none: "Give the list a name". */
  missing: string;
  onChange: (name: string) => void;
};

/** What something is called; never nothing. */
export function NameField({ value, missing, onChange }: NameFieldProps) {
  return (
    <TextInput
      label="Name"
      maxLength={120}
      value={value}
      error={value.trim() === '' ? missing : null}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
