import { Button, Menu, Text } from '@mantine/core';
import { IconBraces, IconChevronDown } from '@tabler/icons-react';
import { variables } from './message-checks.ts';

/** Puts a variable where the cursor is in the source; those people lack get a fallback with it. */
export function InsertVariable({ onInsert }: { onInsert: (text: string) => void }) {
  return (
    <Menu position="bottom-start" width={300} returnFocus={false}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconBraces size={16} stroke={1.5} />}
          rightSection={<IconChevronDown size={14} stroke={1.5} />}
        >
          Insert variable
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {variables.map(({ text, label }) => (
          <Menu.Item
            key={text}
            onClick={() => onInsert(variableSource(text))}
            rightSection={
              <Text size="xs" c="dimmed" ff="monospace">
                {text}
              </Text>
            }
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function variableSource(text: string): string {
  return text === 'contact.firstName' ? '{{ contact.firstName | default: "there" }}' : `{{ ${text} }}`;
}
