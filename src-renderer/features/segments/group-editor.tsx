import { ActionIcon, Button, Menu, ScrollArea, SegmentedControl, Tooltip } from '@mantine/core';
import { IconBan, IconPlus, IconSquareRoundedPlus, IconTrash } from '@tabler/icons-react';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { ConditionEditor, groupedKinds } from '#renderer/parts/condition-editor.tsx';
import { type ConditionKind, eventKey, newCondition } from '#renderer/parts/condition-kinds.ts';
import { addPart, changePart, type DraftGroup, type DraftPart } from './draft-tree.ts';
import classes from './group-editor.module.css';

/** What a fresh group starts with, so that it never stands for nobody. */
const FIRST_KIND = 'order:count';

export type GroupEditorProps = {
  root: DraftGroup;
  group: DraftGroup;
  depth: number;
  kinds: readonly ConditionKind[];
  nextKey: () => number;
  /** `step` joins quick edits of one control into one undo step. */
  onChange: (root: DraftGroup, step?: string) => void;
};

/** A group of conditions: all or any of them must hold; groups nest. */
export function GroupEditor({ root, group, depth, kinds, nextKey, onChange }: GroupEditorProps) {
  const add = (part: DraftPart) => onChange(addPart(root, group.key, part));
  const change = (next: (old: DraftPart) => DraftPart | null) => onChange(changePart(root, group.key, next));
  return (
    <fieldset className={classes.group} data-depth={depth} data-not={group.not || undefined}>
      <legend className={classes.legend}>{depth === 0 ? 'Rule' : 'Group'}</legend>
      <div className={classes.head}>
        <span className={classes.word}>{group.not ? 'Not those who match' : 'Contacts who match'}</span>
        <SegmentedControl
          aria-label={depth === 0 ? 'How the conditions combine' : 'How the group combines'}
          data={[
            { value: 'all', label: 'all' },
            { value: 'any', label: 'any' },
          ]}
          value={group.type}
          onChange={(type) =>
            change((old) => (old.kind === 'group' ? { ...old, type: type === 'any' ? 'any' : 'all' } : old))
          }
        />
        <span className={classes.word}>of these</span>
        <span className={classes.tools}>
          {depth > 0 || group.not ? (
            <NotToggle
              not={group.not}
              label={depth === 0 ? 'Exclude this rule' : 'Exclude this group'}
              onToggle={() => change((old) => ({ ...old, not: !old.not }))}
            />
          ) : null}
          {depth > 0 ? (
            <Tooltip label="Remove group">
              <ActionIcon aria-label="Remove group" onClick={() => change(() => null)}>
                <IconTrash size={16} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
          ) : null}
        </span>
      </div>
      <ol className={classes.parts}>
        {group.parts.map((part, place) => (
          <li key={part.key} className={classes.part}>
            <span className={classes.joint} aria-hidden>
              {place === 0 ? '' : group.type === 'all' ? 'and' : 'or'}
            </span>
            {part.kind === 'group' ? (
              <GroupEditor
                root={root}
                group={part}
                depth={depth + 1}
                kinds={kinds}
                nextKey={nextKey}
                onChange={onChange}
              />
            ) : (
              <div className={classes.leaf} data-not={part.not || undefined}>
                {part.not ? <span className={classes.not}>not</span> : null}
                <ConditionEditor
                  leaf={part.leaf}
                  kinds={kinds}
                  onChange={(leaf, step) =>
                    onChange(
                      changePart(root, part.key, (old) => (old.kind === 'leaf' ? { ...old, leaf } : old)),
                      step === undefined ? undefined : `${part.key}:${step}`,
                    )
                  }
                />
                <Allowed right="edit">
                  <span className={classes.tools}>
                    <NotToggle
                      not={part.not}
                      label="Exclude this condition"
                      onToggle={() => onChange(changePart(root, part.key, (old) => ({ ...old, not: !old.not })))}
                    />
                    <Tooltip label="Remove condition">
                      <ActionIcon
                        aria-label="Remove condition"
                        onClick={() => onChange(changePart(root, part.key, () => null))}
                      >
                        <IconTrash size={16} stroke={1.5} />
                      </ActionIcon>
                    </Tooltip>
                  </span>
                </Allowed>
              </div>
            )}
          </li>
        ))}
      </ol>
      <Allowed right="edit">
        <div className={classes.add}>
          <Menu position="bottom-start" width={230}>
            <Menu.Target>
              <Button
                variant={group.parts.length === 0 && depth === 0 ? 'filled' : 'subtle'}
                leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}
              >
                Add condition
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <ScrollArea.Autosize mah={360} type="scroll">
                {groupedKinds(kinds).map(({ group: name, items }) => (
                  <div key={name}>
                    <Menu.Label>{name}</Menu.Label>
                    {items.map(({ value, label }) => (
                      <Menu.Item
                        key={value}
                        title={eventKey(value)}
                        onClick={() => add({ key: nextKey(), kind: 'leaf', not: false, leaf: newCondition(value) })}
                      >
                        {label}
                      </Menu.Item>
                    ))}
                  </div>
                ))}
              </ScrollArea.Autosize>
            </Menu.Dropdown>
          </Menu>
          {depth < 5 ? (
            <Button
              variant="subtle"
              color="gray"
              leftSection={<IconSquareRoundedPlus size={16} stroke={1.5} aria-hidden />}
              onClick={() =>
                add({
                  key: nextKey(),
                  kind: 'group',
                  not: false,
                  type: group.type === 'all' ? 'any' : 'all',
                  parts: [{ key: nextKey(), kind: 'leaf', not: false, leaf: newCondition(FIRST_KIND) }],
                })
              }
            >
              Add group
            </Button>
          ) : null}
        </div>
      </Allowed>
    </fieldset>
  );
}

function NotToggle({ not, label, onToggle }: { not: boolean; label: string; onToggle: () => void }) {
  return (
    <Tooltip label={not ? 'Excluded; click to include' : label}>
      <ActionIcon aria-label={label} aria-pressed={not} color={not ? 'red' : 'gray'} onClick={onToggle}>
        <IconBan size={16} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}
