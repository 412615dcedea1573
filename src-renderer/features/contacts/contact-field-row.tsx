import { TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { Time } from '#renderer/ui/time.tsx';
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import classes from './contact-panel.module.css';

export type ContactFieldRowProps = {
  id: number;
  field: ContactField;
  value: string | number | null;
  pending: boolean;
  /** Whether the person may change it. */
  editable: boolean;
};

/** A field of the card: click (or Enter) turns its value into an input; Enter saves, Esc leaves it as it was. */
export function ContactFieldRow({ id, field, value, pending, editable }: ContactFieldRowProps) {
  const spec = contactFields[field];
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const text = value === null ? '' : String(value);

  const leave = () => {
    setDraft(null);
    setProblem(null);
  };
  const save = async () => {
    if (draft === null) return;
    const next = draft.trim();
    if (next === text) return leave();
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
        {!spec.editable || !editable ? (
          <span className={classes.text}>
            {spec.type === 'instant' && typeof value === 'number' ? (
              <Time at={value} withTime />
            ) : field === 'emailStatus' ? (
              text === 'none' ? (
                ''
              ) : (
                sentenceCase(text)
              )
            ) : (
              text
            )}
          </span>
        ) : draft === null ? (
          <UnstyledButton
            ref={trigger}
            className={classes.edit}
            aria-label={text === '' ? `Add ${spec.label}` : `Edit ${spec.label}: ${text}`}
            onClick={() => setDraft(text)}
          >
            <span className={classes.text} title={text}>
              {text}
            </span>
          </UnstyledButton>
        ) : (
          <TextInput
            className={classes.input}
            aria-label={spec.label}
            autoFocus
            maxLength={500}
            value={draft}
            error={problem}
            onChange={(event) => setDraft(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
            onBlur={() => void save()}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void save().then(() => trigger.current?.focus());
              if (event.key === 'Escape') {
                event.stopPropagation();
                leave();
              }
            }}
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
