import { NativeSelect, Select } from '@mantine/core';
import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { tagListId, tagOfListId } from '#shared/contact/tag.schema.ts';
import { isFieldLeaf } from '#shared/segment/field-leaf.schema.ts';
import type { InstantLeaf, Leaf } from '#shared/segment/segment.schema.ts';
import { ActivityCondition } from './activity-condition.tsx';
import { type ConditionKind, conditionKinds, eventKey, kindOf, newCondition } from './condition-kinds.ts';
import { eventName, useArchivedTypes } from './event-names.ts';
import { FieldCondition } from './field-condition.tsx';
import { fieldLabel, useFieldSpecs } from './field-store.ts';
import { type KnownList, useLists } from './list-names.ts';
import { MembershipCondition } from './membership-condition.tsx';
import { PeriodEditor } from './period-editor.tsx';
import { usePersonalHere } from './personal-here.ts';
import classes from './rule.module.css';
import { leafProblem } from './rule-problem.ts';
import { useContactTags } from './tags.ts';
import { TextCondition } from './text-condition.tsx';

/** Conditions on offer, grouped for a select; event types are the workspace's own. */
export function useConditionKinds(): ConditionKind[] {
  const types = useLive(() => data.eventTypes(), [], ['columns']);
  const archived = useArchivedTypes();
  return conditionKinds(
    (types.value ?? []).map(({ value }) => value).filter((type) => !archived.has(type)),
    usePersonalHere(),
    useListsAndTags(),
    useFieldSpecs(),
  );
}

/** Lists, categories, and the tags contacts have. */
function useListsAndTags(): (KnownList | { id: string; name: string; kind: 'tag' })[] {
  const lists = useLists();
  const tags = useContactTags();
  return useMemo(
    () => [
      ...(lists ?? []),
      ...(tags ?? []).map(({ tag }) => ({ id: tagListId(tag), name: tag, kind: 'tag' as const })),
    ],
    [lists, tags],
  );
}

/** Groups for Mantine's Select. */
export function groupedKinds(
  kinds: readonly ConditionKind[],
): { group: string; items: { value: string; label: string }[] }[] {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { group, value, label } of kinds) {
    const items = groups.get(group) ?? [];
    items.push({ value, label });
    groups.set(group, items);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}

export type ConditionEditorProps = {
  leaf: Leaf;
  kinds: readonly ConditionKind[];
  /** `group` joins quick edits of one field into one undo step. */
  onChange: (next: Leaf, group?: string) => void;
  /** Show what is missing; only after the person had a chance to fill it. */
  showProblem?: boolean;
  /** False where what the condition is about cannot be changed, only how. */
  withKind?: boolean;
};

/** One condition as a sentence of controls: what, how, which value, when. */
export function ConditionEditor({ leaf, kinds, onChange, showProblem = false, withKind = true }: ConditionEditorProps) {
  const kind = kindOf(leaf);
  const known = kinds.find((candidate) => candidate.value === kind);
  const label =
    known?.label ??
    (leaf.type === 'activity' && leaf.source.table === 'event'
      ? eventName(leaf.source.eventType)
      : leaf.type === 'membership'
        ? (tagOfListId(leaf.list) ?? 'A deleted list')
        : isFieldLeaf(leaf)
          ? fieldLabel(leaf.field)
          : kind);
  const offered = known
    ? kinds
    : [...kinds, { value: kind, label, group: leaf.type === 'activity' ? 'Events' : 'Deleted' }];
  return (
    <div className={classes.condition}>
      {withKind ? (
        <Select
          className={classes.kind}
          aria-label="Condition on"
          title={eventKey(kind)}
          data={groupedKinds(offered)}
          value={kind}
          searchable
          openOnFocus={false}
          allowDeselect={false}
          maxDropdownHeight={320}
          comboboxProps={{ width: 240, position: 'bottom-start' }}
          onChange={(next) => {
            if (next !== null && next !== kind) onChange(newCondition(next));
          }}
        />
      ) : (
        <span className={classes.kindWord} title={eventKey(kind)}>
          {label}
        </span>
      )}
      {leaf.type === 'text' || leaf.type === 'presence' ? (
        leaf.field === 'createdAt' ? null : (
          <TextCondition leaf={leaf} onChange={onChange} problem={showProblem ? leafProblem(leaf) : null} />
        )
      ) : leaf.type === 'membership' ? (
        <MembershipCondition leaf={leaf} label={label} onChange={onChange} />
      ) : isFieldLeaf(leaf) ? (
        <FieldCondition leaf={leaf} onChange={onChange} problem={showProblem ? leafProblem(leaf) : null} />
      ) : leaf.type === 'instant' ? (
        <InstantCondition leaf={leaf} onChange={onChange} />
      ) : (
        <ActivityCondition leaf={leaf} label={label} onChange={onChange} />
      )}
    </div>
  );
}

function InstantCondition({ leaf, onChange }: { leaf: InstantLeaf; onChange: (next: Leaf) => void }) {
  const { label } = contactFields[leaf.field];
  return (
    <>
      <NativeSelect
        aria-label={`${label}: comparison`}
        data={[
          { value: 'within', label: 'was' },
          { value: 'notWithin', label: 'was not' },
        ]}
        value={leaf.op}
        onChange={(event) => onChange({ ...leaf, op: event.currentTarget.value === 'within' ? 'within' : 'notWithin' })}
      />
      <PeriodEditor label={label} value={leaf.period} onChange={(period) => onChange({ ...leaf, period })} />
    </>
  );
}
