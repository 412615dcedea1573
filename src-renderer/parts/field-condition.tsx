import { MultiSelect, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import type { FieldSpec } from '#shared/contact/field.schema.ts';
import { cellOfStored, normaliseField, textOfCell } from '#shared/contact/field-value.ts';
import { type FieldLeaf, newFieldLeaf } from '#shared/segment/field-leaf.schema.ts';
import { useAllFieldSpecs } from './field-store.ts';
import { PeriodEditor } from './period-editor.tsx';
import classes from './rule.module.css';
import { choiceOps, presenceOps, several, textOps, withTextOp } from './text-comparisons.ts';
import { TextOperand } from './text-operand.tsx';

type Op = { readonly value: FieldLeaf['op']; readonly label: string };
const setOps: Op[] = [
  { value: 'hasAny', label: 'has any of' },
  { value: 'hasAll', label: 'has all of' },
  { value: 'hasNone', label: 'has none of' },
];
const numberOps: Op[] = [
  { value: 'atLeast', label: 'is at least' },
  { value: 'atMost', label: 'is at most' },
  { value: 'equals', label: 'is' },
];
const dateOps: Op[] = [
  { value: 'within', label: 'was' },
  { value: 'notWithin', label: 'was not' },
];

function opsOf({ type }: FieldSpec): readonly Op[] {
  const fresh = newFieldLeaf('field:00000000', type);
  const own =
    type === 'boolean'
      ? numberOps.filter(({ value }) => value === 'equals')
      : fresh.type === 'fieldText'
        ? type === 'choice'
          ? choiceOps
          : textOps
        : fresh.type === 'fieldSet'
          ? setOps
          : fresh.type === 'fieldDate'
            ? dateOps
            : numberOps;
  return [...own, ...presenceOps];
}

/** The leaf with another comparison; its values stay where they still mean something. */
function withOp(leaf: FieldLeaf, spec: FieldSpec, op: string): FieldLeaf {
  if (op === 'isSet' || op === 'isEmpty') return { type: 'fieldPresence', field: leaf.field, op };
  const base = leaf.type === 'fieldPresence' ? newFieldLeaf(spec.id, spec.type) : leaf;
  switch (base.type) {
    case 'fieldText':
      return withTextOp(base, op);
    case 'fieldSet':
      return { ...base, op: op === 'hasAll' || op === 'hasNone' ? op : 'hasAny' };
    case 'fieldDate':
      return { ...base, op: op === 'notWithin' ? op : 'within' };
    case 'fieldNumber':
      return { ...base, op: op === 'atMost' || op === 'equals' ? op : 'atLeast' };
    default:
      return base;
  }
}

export type FieldConditionProps = {
  leaf: FieldLeaf;
  onChange: (next: FieldLeaf, group?: string) => void;
  problem: string | null;
};

/** A condition on an additional field: comparison and value, as its type asks. */
export function FieldCondition({ leaf, onChange, problem }: FieldConditionProps) {
  const spec = useAllFieldSpecs().get(leaf.field);
  if (!spec) return <span className={classes.kindWord}>was deleted, so nobody has a value of it</span>;
  return (
    <>
      <NativeSelect
        aria-label={`${spec.label}: comparison`}
        data={[...opsOf(spec)]}
        value={leaf.op}
        onChange={(event) => onChange(withOp(leaf, spec, event.currentTarget.value))}
      />
      <FieldOperand leaf={leaf} spec={spec} onChange={onChange} problem={problem} />
    </>
  );
}

function FieldOperand({ leaf, spec, onChange, problem }: FieldConditionProps & { spec: FieldSpec }) {
  switch (leaf.type) {
    case 'fieldPresence':
      return null;
    case 'fieldDate':
      return (
        <PeriodEditor label={spec.label} value={leaf.period} onChange={(period) => onChange({ ...leaf, period })} />
      );
    case 'fieldNumber':
      return <NumberOperand leaf={leaf} spec={spec} onChange={onChange} />;
    case 'fieldSet':
      return <Chosen leaf={leaf} spec={spec} onChange={onChange} />;
    case 'fieldText':
      if (spec.type === 'choice') return <Chosen leaf={leaf} spec={spec} onChange={onChange} />;
      return <Typed leaf={leaf} spec={spec} onChange={onChange} problem={problem} />;
  }
}

type Operand<T extends FieldLeaf['type']> = {
  leaf: Extract<FieldLeaf, { type: T }>;
  spec: FieldSpec;
  onChange: FieldConditionProps['onChange'];
};

function Chosen({ leaf, spec, onChange }: Operand<'fieldText' | 'fieldSet'>) {
  return (
    <MultiSelect
      data-autofocus
      className={classes.grow}
      aria-label={`${spec.label}: values`}
      placeholder={leaf.values.length === 0 ? 'Choose values' : ''}
      data={[...new Set([...spec.allowedValues, ...leaf.values])]}
      value={leaf.values}
      // In a portal a choice would count as a click outside of the filter's own popover, and close it.
      comboboxProps={{ withinPortal: false }}
      searchable
      onChange={(values) => onChange({ ...leaf, values })}
    />
  );
}

function Typed({ leaf, spec, onChange, problem }: Operand<'fieldText'> & Pick<FieldConditionProps, 'problem'>) {
  const offers = several(leaf.op);
  const known = useLive(
    () => (offers ? data.distinct(spec.id, 200) : Promise.resolve([])),
    [offers, spec.id],
    ['columns'],
  );
  return (
    <TextOperand
      label={spec.label}
      op={leaf.op}
      values={leaf.values}
      problem={problem}
      known={known.value ?? []}
      onChange={(values, typing) => onChange({ ...leaf, values }, typing ? `text:${leaf.field}` : undefined)}
    />
  );
}

/** Typed as people write the value, kept as it is stored. */
function NumberOperand({ leaf, spec, onChange }: Operand<'fieldNumber'>) {
  const stored = textOfCell(spec.type, leaf.value);
  const [draft, setDraft] = useState(stored);
  const [known, setKnown] = useState(stored);
  if (known !== stored) {
    setKnown(stored);
    setDraft(stored);
  }
  // What nobody can write is compared with all the same.
  const plain = { ...spec, required: true, min: null, max: null, computed: null };
  const value = normaliseField(plain, draft);
  const change = (text: string) => {
    setDraft(text);
    const next = normaliseField(plain, text);
    const cell = next.ok ? cellOfStored(next.value) : null;
    if (typeof cell !== 'number' || cell === leaf.value) return;
    setKnown(textOfCell(spec.type, cell));
    onChange({ ...leaf, value: cell }, `number:${leaf.field}`);
  };
  if (spec.type === 'boolean') {
    return (
      <NativeSelect
        aria-label={`${spec.label}: value`}
        data={[
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]}
        value={stored}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      data-autofocus
      aria-label={`${spec.label}: value`}
      type={spec.type === 'time' ? 'time' : 'text'}
      inputMode={spec.type === 'time' ? undefined : 'decimal'}
      w={120}
      value={draft}
      error={value.ok ? undefined : value.error.message}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
