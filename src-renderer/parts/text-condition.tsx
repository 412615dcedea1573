import { NativeSelect } from '@mantine/core';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isTextField, type PresenceLeaf, type TextLeaf } from '#shared/segment/segment.schema.ts';
import { choiceOps, presenceOps, textOps, withTextOp } from './text-comparisons.ts';
import { TextOperand } from './text-operand.tsx';

export type TextConditionProps = {
  leaf: TextLeaf | PresenceLeaf;
  onChange: (next: TextLeaf | PresenceLeaf, group?: string) => void;
  problem: string | null;
};

/** A condition on a contact's text: comparison and values, choices offered with how many have them. */
export function TextCondition({ leaf, onChange, problem }: TextConditionProps) {
  const spec = contactFields[leaf.field];
  const choice = spec.type === 'choice';
  const known = useLive(
    () => (choice ? data.distinct(leaf.field, 200) : Promise.resolve([])),
    [choice, leaf.field],
    ['columns'],
  );

  const changeOp = (op: string) => {
    const presence = presenceOps.find(({ value }) => value === op)?.value;
    if (presence) onChange({ type: 'presence', field: leaf.field, op: presence });
    else if (leaf.type === 'text') onChange(withTextOp(leaf, op));
    else if (isTextField(leaf.field)) {
      const fresh: TextLeaf = { type: 'text', field: leaf.field, op: 'contains', values: [] };
      onChange(withTextOp(fresh, op));
    }
  };

  return (
    <>
      <NativeSelect
        aria-label={`${spec.label}: comparison`}
        data={[...(choice ? choiceOps : textOps), ...presenceOps]}
        value={leaf.op}
        onChange={(event) => changeOp(event.currentTarget.value)}
      />
      {leaf.type === 'presence' ? null : (
        <TextOperand
          label={spec.label}
          op={leaf.op}
          values={leaf.values}
          problem={problem}
          known={known.value ?? []}
          onChange={(values, typing) => onChange({ ...leaf, values }, typing ? `text:${leaf.field}` : undefined)}
        />
      )}
    </>
  );
}
