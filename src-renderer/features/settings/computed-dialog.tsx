import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { describeError } from '#renderer/ui/error-words.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type Computed, computedSchema, computedType } from '#shared/contact/computed.schema.ts';
import { type ComputedTemplate, computedTemplates } from '#shared/contact/computed-templates.ts';
import { computedWords } from '#shared/contact/computed-words.ts';
import {
  computedFieldId,
  contactFieldSchema,
  type FieldList,
  type FieldSpec,
  type FieldSpecs,
  fieldProblem,
  freeKey,
} from '#shared/contact/field.schema.ts';
import classes from './computed.module.css';
import { ComputedPreviewList } from './computed-preview.tsx';
import { ComputedSentence } from './computed-sentence.tsx';
import type { FieldDialogProps } from './field-dialog.tsx';
import { FieldDialogFoot } from './field-dialog-foot.tsx';
import { FieldPlace } from './field-place.tsx';
import { typeName } from './field-words.ts';
import settings from './settings.module.css';
import { listFollowers, useFieldNames } from './use-field-names.ts';

export type ComputedSpec = FieldSpec & { computed: Computed };
export const isComputed = (field: FieldSpec): field is ComputedSpec => Boolean(field.computed);

const emptyComputed: Computed = {
  source: { table: 'order', statuses: [] },
  aggregate: 'count',
  value: null,
  days: null,
};

/** A computed field to be filled in, in the list of its kind. */
export function newComputed(lists: readonly FieldList[], specs: FieldSpecs): ComputedSpec {
  const list = lists.find(({ fields }) => fields.some(isComputed));
  const last = Math.max(0, ...[...specs.values()].map(({ position }) => position));
  return {
    id: computedFieldId(crypto.randomUUID()),
    listName: list?.name ?? 'Computed',
    listKey:
      list?.key ??
      freeKey(
        'Computed',
        lists.map(({ key }) => key),
        'LIST',
      ),
    key: '',
    label: '',
    type: 'integer',
    personal: false,
    required: false,
    readOnly: true,
    allowedValues: [],
    min: null,
    max: null,
    position: last + 1,
    computed: emptyComputed,
  };
}

type Problems = Partial<Record<keyof FieldSpec, string>>;

export type ComputedDialogProps = Omit<FieldDialogProps, 'draft'> & { draft: { field: ComputedSpec; isNew: boolean } };

/** Makes a computed field or changes one: what is worked out as a sentence, with what it says beside it. */
export function ComputedDialog({ draft, lists, specs, save, onClose }: ComputedDialogProps) {
  const { isNew } = draft;
  const format = useFormat();
  const [field, setField] = useState(draft.field);
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState<string | null>(null);
  const change = (part: Partial<ComputedSpec>) => {
    setField((old) => ({ ...old, ...part }));
    setProblems({});
  };
  const names = useFieldNames({ field, isNew, lists, specs, change });
  const workOut = (computed: Computed) => change({ computed, type: computedType(computed) });
  const take = ({ label, computed }: ComputedTemplate) => {
    workOut(computed);
    names.rename(label);
  };

  const submit = async () => {
    const found: Problems = {};
    const definition = computedSchema.safeParse(field.computed);
    const parsed = contactFieldSchema.safeParse(field);
    for (const { path, message } of parsed.error?.issues ?? []) {
      const name = Object.keys(field).find((key) => key === path[0]);
      if (name) found[name as keyof FieldSpec] ??= message;
    }
    const next = parsed.success ? { ...parsed.data, id: field.id } : null;
    const problem = next && fieldProblem(next, specs, isNew ? null : draft.field);
    if (problem) found[problem.field] = problem.message;
    setProblems(found);
    if (!next || !definition.success || Object.keys(found).length > 0) return;
    try {
      await save([next, ...listFollowers(next, specs)]);
      onClose();
    } catch (error) {
      setFailure(describeError(error).message);
    }
  };

  const problem = failure ?? problems.computed ?? problems.type ?? null;
  return (
    <Modal opened onClose={onClose} title={isNew ? 'New computed field' : `Field “${draft.field.label}”`} size={600}>
      <form
        className={settings.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {isNew ? (
          <fieldset className={classes.templates} aria-label="Begin with">
            <span className={classes.word}>Begin with</span>
            {computedTemplates.map((template) => (
              <Button key={template.label} size="compact-xs" variant="default" onClick={() => take(template)}>
                {template.label}
              </Button>
            ))}
          </fieldset>
        ) : null}
        <TextInput
          data-autofocus
          label="Name"
          placeholder="Lifetime value"
          maxLength={80}
          value={field.label}
          error={problems.label}
          onChange={(event) => names.rename(event.currentTarget.value)}
        />
        <ComputedSentence computed={field.computed} onChange={workOut} />
        <p className={classes.note}>
          <span className={classes.words}>
            {computedWords(field.computed, { count: format.count, event: format.event, status: sentenceCase })}
          </span>
          <br />
          {typeName(field, format.currency)}. What kind of value a field holds{' '}
          {isNew ? 'cannot be changed later' : 'stays'}.
        </p>
        <ComputedPreviewList computed={field.computed} />
        <FieldPlace field={field} lists={lists} names={names} problems={problems} />
        <FieldDialogFoot isNew={isNew} problem={problem} onClose={onClose} />
      </form>
    </Modal>
  );
}
