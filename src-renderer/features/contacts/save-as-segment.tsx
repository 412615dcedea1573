import { Button, Popover, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { ruleWords } from '#shared/segment/rule-words.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';

/** Keeps the current filters as a segment and opens it. */
export function SaveAsSegment({ rule }: { rule: Rule }) {
  const format = useRuleWriter();
  const [, navigate] = useLocation();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const save = async () => {
    try {
      const group: Rule = rule.type === 'all' || rule.type === 'any' ? rule : { type: 'all', rules: [rule] };
      const id = await data.saveDocument('segment', null, {
        name: name.trim(),
        description: '',
        rule: group,
        createdAt: clock(),
      });
      navigate(`/segments/${id}`);
    } catch (error) {
      notifyError('The segment was not saved', error);
    }
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={300}
      trapFocus
      onOpen={() => setName(ruleWords(rule, format).slice(0, 120))}
    >
      <Popover.Target>
        <Button
          variant="subtle"
          leftSection={<IconFilter size={16} stroke={1.5} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          Save as segment
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Save as segment">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <TextInput
            data-autofocus
            label="Name of the segment"
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" mt="sm" fullWidth disabled={name.trim() === ''}>
            Save segment
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
