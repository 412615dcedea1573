import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { describeError } from '#renderer/ui/error-words.ts';
import classes from './add-value-form.module.css';

type Props = {
  label: string;
  placeholder: string;
  disabled: boolean;
  /** Stores the trimmed value; what it rejects with is shown beside it. */
  onAdd: (value: string) => Promise<void>;
  /** What the value is, where there is a choice. */
  children?: ReactNode;
};

/** One more value of a contact: the input is emptied when it is stored, and says why when it is not. */
export function AddValueForm({ label, placeholder, disabled, onAdd, children }: Props) {
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() === '') return;
    try {
      await onAdd(value.trim());
      setValue('');
      setProblem(null);
    } catch (error) {
      setProblem(describeError(error).message);
    }
  };
  return (
    <form className={classes.add} onSubmit={(event) => void submit(event)}>
      {children}
      <TextInput
        size="xs"
        className={classes.input}
        aria-label={label}
        placeholder={placeholder}
        disabled={disabled}
        maxLength={500}
        value={value}
        error={problem}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit" disabled={disabled || value.trim() === ''}>
        Add
      </Button>
    </form>
  );
}
