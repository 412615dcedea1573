import { ActionIcon, Button, Popover } from '@mantine/core';
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

const icon = <IconTag size={14} stroke={1.5} aria-hidden />;

type Props = {
  id: string;
  kind: TaggedKind;
  /** In the row of a list, what the tags belong to: a small button, called "Tags of Weekly news". */
  of?: string;
  /** Takes more than the right to edit. */
  mayEdit?: boolean;
  /** What the document begins as while there is none: a type of event is there before anybody described it. */
  blank?: Record<string, unknown>;
};

/** The tags of a document, and a way to change them. They are saved by themselves, beside whatever else is edited. */
export function DocTags({ id, kind, of, mayEdit: allowed = true, blank }: Props) {
  const doc = useLive((from) => from.document(id), [id], [`documents:${kind}`]).value;
  const mayEdit = useCan('edit') && allowed;
  const [opened, setOpened] = useState(false);
  const body = doc?.body ?? blank;
  if (doc === undefined || body === undefined) return null;
  const tags = tagsOf(body);
  const change = async (next: string[]) => {
    try {
      await data.saveDocument(kind, id, { ...body, tags: next }, doc?.body);
    } catch (error) {
      notifyError('The tags were not changed', error);
    }
  };
  const chips = <TagChips tags={tags} most={of === undefined ? undefined : 1} />;
  if (!mayEdit) return chips;
  const toggle = () => setOpened(!opened);
  return (
    <span className={classes.own}>
      {chips}
      <Popover opened={opened} onChange={setOpened} position="bottom-start" width={300} trapFocus>
        <Popover.Target>
          {of === undefined ? (
            <Button size="compact-xs" variant="subtle" color="gray" leftSection={icon} onClick={toggle}>
              {tags.length === 0 ? 'Add a tag' : 'Tags'}
            </Button>
          ) : (
            <ActionIcon size={22} className={classes.small} aria-label={`Tags of ${of}`} onClick={toggle}>
              {icon}
            </ActionIcon>
          )}
        </Popover.Target>
        <Popover.Dropdown aria-label="Tags">
          <TagsInput tags={tags} onChange={(next) => void change(next)} />
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
