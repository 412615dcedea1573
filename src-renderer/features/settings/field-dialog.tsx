import { Group, Modal, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { describeError } from '#renderer/ui/error-words.ts';
import {
  type AdditionalType,
  additionalTypes,
  contactFieldSchema,
  type FieldList,
  type FieldSpec,
  type FieldSpecs,
  fieldProblem,
  hasAllowedValues,
  hasBounds,
  isPersonalByDefault,
} from '#shared/contact/field.schema.ts';
import { cellOfStored, normaliseField, textOfCell } from '#shared/contact/field-value.ts';
import { FieldDialogFoot } from './field-dialog-foot.tsx';
import { FieldPlace } from './field-place.tsx';
import { typeWords } from './field-words.ts';
import classes from './settings.module.css';
import { listFollowers, useFieldNames } from './use-field-names.ts';

export type FieldDraft = { field: FieldSpec; isNew: boolean };

/** A field to be filled in, at the end of a list. */
export function newDraft(list: FieldList | null, specs: FieldSpecs): FieldDraft {
  const last = Math.max(0, ...[...specs.values()].map(({ position }) => position));
  const field: FieldSpec = {
    id: `field:${crypto.randomUUID()}`,
    listName: list?.name ?? 'Personal',
    listKey: list?.key ?? 'PERSONAL',
    key: '',
    label: '',
    type: 'text',
    personal: true,
    required: false,
    readOnly: false,
    allowedValues: [],
    min: null,
    max: null,
    position: last + 1,
  };
  return { field, isNew: true };
}

type Problems = Partial<Record<keyof FieldSpec, string>>;

const typeOptions = additionalTypes.map((value) => ({ value, label: typeWords[value].name }));

export type FieldDialogProps = {
  draft: FieldDraft;
  lists: readonly FieldList[];
  specs: FieldSpecs;
  save: (changed: readonly FieldSpec[]) => Promise<void>;
  onClose: () => void;
};

/** Makes a field or changes one. */
export function FieldDialog({ draft, lists, specs, save, onClose }: FieldDialogProps) {
  const { isNew } = draft;
  const [field, setField] = useState(draft.field);
  const [bounds, setBounds] = useState({ min: boundText(field, 'min'), max: boundText(field, 'max') });
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState<string | null>(null);

  const change = (part: Partial<FieldSpec>) => {
    setField((old) => ({ ...old, ...part }));
    setProblems({});
  };
  const names = useFieldNames({ field, isNew, lists, specs, change });
  const chooseType = (type: AdditionalType) => {
    setBounds({ min: '', max: '' });
    change({ type, personal: isPersonalByDefault(type), allowedValues: [], min: null, max: null });
  };

  const submit = async () => {
    const [min, max] = [readBound(field, bounds.min), readBound(field, bounds.max)];
    const parsed = contactFieldSchema.safeParse({ ...field, min: min.value, max: max.value });
    const found: Problems = {};
    for (const { path, message } of parsed.error?.issues ?? []) {
      const name = Object.keys(field).find((key) => key === path[0]);
      if (name) found[name as keyof FieldSpec] ??= message;
    }
    if (min.problem) found.min = min.problem;
    if (max.problem) found.max = max.problem;
    const problem = parsed.success ? fieldProblem({ ...parsed.data, id: field.id }, specs, null) : null;
    if (problem) found[problem.field] = problem.message;
    setProblems(found);
    if (!parsed.success || Object.keys(found).length > 0) return;
    const next = { ...parsed.data, id: field.id };
    try {
      await save([next, ...listFollowers(next, specs)]);
      onClose();
    } catch (error) {
      setFailure(describeError(error).message);
    }
  };

  return (
    <Modal opened onClose={onClose} title={isNew ? 'New field' : `Field “${draft.field.label}”`} size={480}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          placeholder="Shoe size"
          maxLength={80}
          value={field.label}
          error={problems.label}
          onChange={(event) => names.rename(event.currentTarget.value)}
        />
        <Select
          label="Type"
          description={
            isNew ? `${typeWords[field.type].holds}. It cannot be changed later.` : 'A field keeps its type.'
          }
          data={typeOptions}
          value={field.type}
          disabled={!isNew}
          allowDeselect={false}
          maxDropdownHeight={320}
          onChange={(next) => chooseType(additionalTypes.find((type) => type === next) ?? 'text')}
        />
        {hasAllowedValues(field.type) ? (
          <TagsInput
            label="Values to choose from"
            placeholder={field.allowedValues.length === 0 ? 'Type a value and press Enter' : ''}
            value={field.allowedValues}
            error={problems.allowedValues}
            acceptValueOnBlur
            splitChars={[]}
            onChange={(allowedValues) => change({ allowedValues })}
          />
        ) : null}
        {hasBounds(field.type) ? (
          <Group grow gap={8} align="flex-start">
            {(['min', 'max'] as const).map((side) => (
              <TextInput
                key={side}
                label={side === 'min' ? 'Smallest value' : 'Largest value'}
                placeholder="Any"
                type={field.type === 'date' || field.type === 'time' ? field.type : 'text'}
                value={bounds[side]}
                error={problems[side]}
                onChange={(event) => {
                  setProblems({});
                  const text = event.currentTarget.value;
                  setBounds((old) => ({ ...old, [side]: text }));
                }}
              />
            ))}
          </Group>
        ) : null}
        <FieldPlace field={field} lists={lists} names={names} problems={problems} />
        <Switch
          label="Personal"
          description={
            isNew
              ? 'Only people who may see personal data receive its values. It cannot be changed later.'
              : 'Whether a field is personal stays as it was made.'
          }
          checked={field.personal}
          disabled={!isNew}
          onChange={(event) => change({ personal: event.currentTarget.checked })}
        />
        <Switch
          label="Required"
          description="Its value can be changed but not taken away"
          checked={field.required}
          onChange={(event) => change({ required: event.currentTarget.checked })}
        />
        <Switch
          label="Read-only"
          description="Filled in by the API, imports and events, not by people"
          checked={field.readOnly}
          onChange={(event) => change({ readOnly: event.currentTarget.checked })}
        />
        <FieldDialogFoot isNew={isNew} problem={failure} onClose={onClose} />
      </form>
    </Modal>
  );
}

function boundText({ type, ...field }: FieldSpec, side: 'min' | 'max'): string {
  const bound = field[side];
  return bound === null ? '' : textOfCell(type, bound);
}

/** A limit as it is stored, or why it is none. */
function readBound({ type, label }: FieldSpec, text: string): { value: number | null; problem: string | null } {
  if (text.trim() === '') return { value: null, problem: null };
  const spec = { label: label || 'It', type, required: false, allowedValues: [], min: null, max: null };
  const read = normaliseField(spec, text);
  const cell = read.ok ? cellOfStored(read.value) : null;
  return typeof cell === 'number'
    ? { value: cell, problem: null }
    : { value: null, problem: read.ok ? null : read.error.message };
}
