import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { FieldInput, type FieldInputProps } from '#renderer/parts/field-input.tsx';
import { describeError } from '#renderer/ui/error-words.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import classes from './contact-panel.module.css';

export type ValueRowProps = {
  id: number;
  field: AnyField;
  spec: FieldInputProps['spec'];
  /** The value in words. */
  text: string;
  /** Shown instead of the words where the value cannot be changed. */
  shown?: ReactNode;
  /** The value as its input takes it. */
  before: string;
  pending: boolean;
  /** Whether the person may change it. */
  editable: boolean;
};

/** A field of the card: click (or Enter) turns its value into an input; Enter saves, Esc leaves it as it was. */
export function ValueRow({ id, field, spec, text, shown = text, before, pending, editable }: ValueRowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  const left = useRef(false);

  // Once the input is gone: whoever went on to something else has the focus there by then.
  useEffect(() => {
    if (draft !== null || !left.current) return;
    left.current = false;
    if (document.activeElement === document.body) trigger.current?.focus();
  }, [draft]);
  const leave = () => {
    left.current = true;
    setDraft(null);
    setProblem(null);
  };
  const save = async (typed: string) => {
    const next = typed.trim();
    if (next === before) return leave();
    try {
      await data.editContact(id, field, next === '' ? null : next);
      leave();
    } catch (error) {
      setProblem(describeError(error).message);
    }
  };

  return (
    <div className={classes.field}>
      <dt className={classes.label}>{spec.label}</dt>
      <dd className={classes.value}>
        {!editable ? (
          <span className={classes.text} title={text}>
            {shown}
          </span>
        ) : draft === null ? (
          <UnstyledButton
            ref={trigger}
            className={classes.edit}
            aria-label={text === '' ? `Add ${spec.label}` : `Edit ${spec.label}: ${text}`}
            onClick={() => setDraft(before)}
          >
            <span className={classes.text} title={text}>
              {text}
            </span>
          </UnstyledButton>
        ) : (
          <FieldInput
            className={classes.input}
            spec={spec}
            draft={draft}
            problem={problem}
            onDraft={setDraft}
            onSave={(next) => void save(next)}
            onLeave={leave}
          />
        )}
        {pending ? (
          <Tooltip label="Saved here; waiting for the server">
            <span className={classes.pending} role="img" aria-label={`${spec.label} is waiting to sync`}>
              <IconCloudUp size={15} stroke={1.5} />
            </span>
          </Tooltip>
        ) : null}
      </dd>
    </div>
  );
}
