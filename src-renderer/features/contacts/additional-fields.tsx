import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactRow } from '#renderer/data/data-api.ts';
import { draftOf, FieldInput } from '#renderer/parts/field-input.tsx';
import { fieldValueWords, useFieldSpecs } from '#renderer/parts/field-store.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { type FieldSpec, fieldLists } from '#shared/contact/field.schema.ts';
import classes from './contact-panel.module.css';

export type AdditionalFieldsProps = {
  row: ContactRow;
  pending: readonly AnyField[];
  /** Whether the person may change values. */
  editable: boolean;
};

/** The workspace's own fields of a contact, list by list, each edited where it stands. */
export function AdditionalFields({ row, pending, editable }: AdditionalFieldsProps) {
  const lists = fieldLists(useFieldSpecs());
  return lists.map((list) => (
    <PanelSection key={list.key} title={list.name}>
      <dl className={classes.fields}>
        {list.fields.map((spec) => (
          <AdditionalFieldRow
            key={spec.id}
            id={row.id}
            spec={spec}
            cell={row.fields[spec.id] ?? null}
            pending={pending.includes(spec.id)}
            editable={editable && !spec.readOnly}
          />
        ))}
      </dl>
    </PanelSection>
  ));
}

type RowProps = { id: number; spec: FieldSpec; cell: string | number | null; pending: boolean; editable: boolean };

function AdditionalFieldRow({ id, spec, cell, pending, editable }: RowProps) {
  const format = useFormat();
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const text = cell === null ? '' : fieldValueWords(spec, cell, format);
  const before = draftOf(spec, cell, format.zone);

  const leave = () => {
    setDraft(null);
    setProblem(null);
    // Whoever went on to something else has the focus there by then.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) trigger.current?.focus();
    });
  };
  const save = async (next: string) => {
    if (next.trim() === before) return leave();
    try {
      await data.editContact(id, spec.id, next.trim() === '' ? null : next.trim());
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
            {text}
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
