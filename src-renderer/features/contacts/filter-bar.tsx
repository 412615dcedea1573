import { ActionIcon, Button, Menu, Popover, ScrollArea, TextInput, UnstyledButton } from '@mantine/core';
import { IconFilterPlus, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ConditionEditor, groupedKinds, useConditionKinds } from '#renderer/parts/condition-editor.tsx';
import { type ConditionKind, newCondition } from '#renderer/parts/condition-kinds.ts';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { leafWords } from '#shared/segment/rule-words.ts';
import classes from './filter-bar.module.css';
import { type ListFilter, useListState } from './list-state.ts';

/** Search, one chip per condition in words, and a way to add one. */
export function FilterBar({
  personal,
  segment,
  onLeaveSegment,
}: {
  /** Whether names and addresses are here to be searched. */
  personal: boolean;
  segment: string | null;
  onLeaveSegment: () => void;
}) {
  const { search, filters, setSearch, addFilter, clear } = useListState();
  const kinds = useConditionKinds();
  const [editing, setEditing] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <>
      {personal ? (
        <TextInput
          ref={input}
          type="search"
          className={classes.search}
          aria-label="Search contacts"
          placeholder="Search name, email, phone, ID"
          leftSection={<IconSearch size={15} stroke={1.5} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && search !== '') {
              event.stopPropagation();
              setSearch('');
            }
          }}
        />
      ) : null}
      {segment === null ? null : (
        <span className={classes.chip}>
          <span className={classes.words}>Segment: {segment}</span>
          <ActionIcon size={20} aria-label={`Leave segment ${segment}`} onClick={onLeaveSegment}>
            <IconX size={13} stroke={1.75} />
          </ActionIcon>
        </span>
      )}
      {filters.map((filter) => (
        <FilterChip
          key={filter.key}
          filter={filter}
          kinds={kinds}
          opened={editing === filter.key}
          onToggle={(opened) => setEditing(opened ? filter.key : null)}
        />
      ))}
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <Button variant="subtle" color="gray" leftSection={<IconFilterPlus size={16} stroke={1.5} aria-hidden />}>
            Filter
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={380} type="scroll">
            {groupedKinds(kinds).map(({ group, items }) => (
              <div key={group}>
                <Menu.Label>{group}</Menu.Label>
                {items.map(({ value, label }) => (
                  <Menu.Item key={value} onClick={() => setEditing(addFilter(newCondition(value)))}>
                    {label}
                  </Menu.Item>
                ))}
              </div>
            ))}
          </ScrollArea.Autosize>
        </Menu.Dropdown>
      </Menu>
      {filters.length > 0 || search !== '' ? (
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear
        </Button>
      ) : null}
    </>
  );
}

type FilterChipProps = {
  filter: ListFilter;
  kinds: readonly ConditionKind[];
  opened: boolean;
  onToggle: (opened: boolean) => void;
};

function FilterChip({ filter, kinds, opened, onToggle }: FilterChipProps) {
  const { changeFilter, removeFilter } = useListState();
  const words = leafWords(filter.leaf, useRuleWriter());
  return (
    <Popover opened={opened} onChange={onToggle} position="bottom-start" width="auto" trapFocus withRoles={false}>
      <Popover.Target>
        <span className={classes.chip}>
          <UnstyledButton
            className={classes.words}
            aria-label={`Filter: ${words}`}
            aria-haspopup="dialog"
            aria-expanded={opened}
            onClick={() => onToggle(!opened)}
          >
            {words}
          </UnstyledButton>
          <ActionIcon size={20} aria-label={`Remove filter ${words}`} onClick={() => removeFilter(filter.key)}>
            <IconX size={13} stroke={1.75} />
          </ActionIcon>
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Edit filter">
        <ConditionEditor
          withKind={false}
          leaf={filter.leaf}
          kinds={kinds}
          onChange={(leaf) => changeFilter(filter.key, leaf)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
