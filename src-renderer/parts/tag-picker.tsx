import { Autocomplete, Button, Group, Popover } from '@mantine/core';
import { cloneElement, type ReactElement, useState } from 'react';
import { MAX_TAG, tagOf } from '#shared/contact/tag.schema.ts';
import { useContactTags } from './tags.ts';

type Props = {
  button: ReactElement<{ onClick?: () => void }>;
  disabled: boolean;
  onAdd: (tag: string) => void;
  onRemove: (tag: string) => void;
};

/** Types or chooses a tag of contacts, to add or to remove. */
export function TagPicker({ button, disabled, onAdd, onRemove }: Props) {
  const known = (useContactTags() ?? []).map(({ tag }) => tag);
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('');
  const tag = tagOf(text);
  const done = (act: (tag: string) => void) => {
    setOpened(false);
    setText('');
    act(tag);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="top" width={280} trapFocus>
      <Popover.Target>
        {cloneElement(button, { onClick: () => (disabled ? undefined : setOpened(!opened)) })}
      </Popover.Target>
      <Popover.Dropdown aria-label="Tag">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (tag !== '') done(onAdd);
          }}
        >
          <Autocomplete
            data-autofocus
            label="Tag"
            placeholder="A word or two"
            data={known}
            maxLength={MAX_TAG}
            value={text}
            comboboxProps={{ withinPortal: false }}
            onChange={setText}
          />
          <Group mt="sm" gap={8} grow>
            <Button variant="default" disabled={!known.includes(tag)} onClick={() => done(onRemove)}>
              Remove tag
            </Button>
            <Button type="submit" disabled={tag === ''}>
              Add tag
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
