import { NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isTextField, type PresenceLeaf, type TextLeaf } from '#shared/segment/segment.schema.ts';
import classes from './rule.module.css';

const textOps: { value: TextLeaf['op'] | PresenceLeaf['op']; label: string }[] = [
  { value: 'contains', label: 'contains' },
  { value: 'notContains', label: 'does not contain' },
  { value: 'is', label: 'is' },
  { value: 'isNot', label: 'is not' },
  { value: 'startsWith', label: 'starts with' },
  { value: 'endsWith', label: 'ends with' },
  { value: 'anyOf', label: 'is any of' },
  { value: 'isSet', label: 'is set' },
  { value: 'isEmpty', label: 'is empty' },
];
const choiceOps = textOps.filter(({ value }) => ['anyOf', 'isNot', 'isSet', 'isEmpty'].includes(value));

const several = (op: string) => op === 'anyOf' || op === 'isNot' || op === 'is';

/** A condition on a contact's text: comparison and values, choices offered with how many have them. */
export function TextCondition({
  leaf,
  onChange,
  problem,
}: {
  leaf: TextLeaf | PresenceLeaf;
  onChange: (next: TextLeaf | PresenceLeaf, group?: string) => void;
  problem: string | null;
}) {
  const format = useFormat();
  const spec = contactFields[leaf.field];
  const choice = spec.type === 'choice';
  const known = useLive(
    () => (choice ? data.distinct(leaf.field, 200) : Promise.resolve([])),
    [choice, leaf.field],
    ['columns'],
  );
  const counts = new Map((known.value ?? []).map(({ value, count }) => [value, count]));

  const changeOp = (op: string) => {
    const next = textOps.find((candidate) => candidate.value === op)?.value;
    if (next === undefined) return;
    if (next === 'isSet' || next === 'isEmpty') onChange({ type: 'presence', field: leaf.field, op: next });
    else if (isTextField(leaf.field)) {
      const values = leaf.type === 'text' ? leaf.values.filter((value) => value !== '') : [];
      onChange({ type: 'text', field: leaf.field, op: next, values: several(next) ? values : [values[0] ?? ''] });
    }
  };

  return (
    <>
      <NativeSelect
        aria-label={`${spec.label}: comparison`}
        data={choice ? choiceOps : textOps}
        value={leaf.op}
        onChange={(event) => changeOp(event.currentTarget.value)}
      />
      {leaf.type === 'presence' ? null : several(leaf.op) ? (
        <TagsInput
          data-autofocus
          className={classes.grow}
          aria-label={`${spec.label}: values`}
          placeholder={leaf.values.length === 0 ? 'Type and press Enter' : ''}
          data={[...counts.keys()]}
          value={leaf.values}
          acceptValueOnBlur
          splitChars={[]}
          maxDropdownHeight={260}
          renderOption={({ option }) => (
            <span className={classes.option}>
              <span>{option.value}</span>
              <span className={classes.optionCount}>{format.count(counts.get(String(option.value)) ?? 0)}</span>
            </span>
          )}
          onChange={(values) => onChange({ ...leaf, values })}
        />
      ) : (
        <TextInput
          data-autofocus
          className={classes.grow}
          aria-label={`${spec.label}: value`}
          placeholder="Value"
          value={leaf.values[0] ?? ''}
          error={problem === null ? undefined : problem}
          onChange={(event) => onChange({ ...leaf, values: [event.currentTarget.value] }, `text:${leaf.field}`)}
        />
      )}
    </>
  );
}
