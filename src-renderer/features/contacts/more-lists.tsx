import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconHistory, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { BulkHistory } from './bulk-strip.tsx';

/** Where else one goes from the list of contacts. */
export function MoreLists() {
  const [, navigate] = useLocation();
  const [history, setHistory] = useState(false);
  const personal = usePersonalHere();
  const mayChange = useCan('editContacts');
  if (!personal && !mayChange) return null;
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon size={32} variant="default" aria-label="More about contacts">
            <IconDots size={16} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {personal ? (
            <Menu.Item leftSection={<IconTrash size={16} stroke={1.5} />} onClick={() => navigate('/contacts/deleted')}>
              Deleted contacts
            </Menu.Item>
          ) : null}
          {mayChange ? (
            <Menu.Item leftSection={<IconHistory size={16} stroke={1.5} />} onClick={() => setHistory(true)}>
              Changes of many contacts
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <BulkHistory opened={history} onClose={() => setHistory(false)} />
    </>
  );
}
