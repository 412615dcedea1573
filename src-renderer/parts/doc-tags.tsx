import { Button, Popover } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { tagsOf } from '#shared/contact/tag.schema.ts';
import { TagChips } from './tag-chips.tsx';
import classes from './tags.module.css';
import type { TaggedKind } from './tags.ts';
import { TagsInput } from './tags-input.tsx';
import { useCan } from './use-can.ts';

/** The tags of a document, and a way to change them. They are saved by themselves, beside whatever else is edited. */
export function DocTags({ id, kind }: { id: string; kind: TaggedKind }) {
  const doc = useLive((from) => from.document(id), [id], [`documents:${kind}`]).value;
  const mayEdit = useCan('edit');
  const [opened, setOpened] = useState(false);
  if (!doc) return null;
  const tags = tagsOf(doc.body);
  const change = async (next: string[]) => {
    try {
      await data.saveDocument(kind, id, { ...doc.body, tags: next }, doc.body);
    } catch (error) {
      notifyError('The tags were not changed', error);
    }
  };
  if (!mayEdit) return <TagChips tags={tags} />;
  return (
    <span className={classes.own}>
      <TagChips tags={tags} />
      <Popover opened={opened} onChange={setOpened} position="bottom-start" width={300} trapFocus>
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTag size={14} stroke={1.5} aria-hidden />}
            onClick={() => setOpened(!opened)}
          >
            {tags.length === 0 ? 'Add a tag' : 'Tags'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Tags">
          <TagsInput tags={tags} onChange={(next) => void change(next)} />
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
