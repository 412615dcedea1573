import { Button, Modal, Tooltip } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { AddContactForm } from './add-contact-form.tsx';

/** Whether the person may add contacts: what they write is personal. */
export function useMayAdd(): boolean {
  const mayEdit = useCan('editContacts');
  return useCan('readPersonal') && mayEdit;
}

/** Opens the dialog; rests, with the reason, while the server is away. */
export function AddContactButton({ onClick, filled = false }: { onClick: () => void; filled?: boolean }) {
  const online = useOnline();
  const mayAdd = useMayAdd();
  if (!mayAdd) return null;
  return (
    <Tooltip
      label="The server is away: only it knows whether this person is here already."
      disabled={online}
      multiline
      w={240}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        variant={filled ? 'filled' : 'default'}
        leftSection={<IconUserPlus size={16} stroke={1.5} aria-hidden />}
        // Not `disabled`: the reason could not be reached by keyboard.
        data-disabled={!online || undefined}
        aria-disabled={!online}
        aria-description={online ? undefined : 'Needs the server, which cannot be reached now.'}
        onClick={() => {
          if (online) onClick();
        }}
      >
        Add contact
      </Button>
    </Tooltip>
  );
}

type Props = {
  opened: boolean;
  onClose: () => void;
  onOpen: (contactId: number) => void;
};

/** Somebody by hand. */
export function AddContact({ opened, onClose, onOpen }: Props) {
  const mayAdd = useMayAdd();
  return (
    <Modal opened={opened && mayAdd} onClose={onClose} title="Add a contact" size={480}>
      <AddContactForm onClose={onClose} onOpen={onOpen} />
    </Modal>
  );
}
