import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconEraser, IconFileDownload, IconTrash } from '@tabler/icons-react';
import { data } from '#renderer/data/client.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { saveFile } from '#renderer/platform/save-file.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { notifyWithUndo } from '#renderer/ui/notify-with-undo.tsx';

type Props = { id: number; name: string; onErased: () => void };

const TYPED = 'ERASE';

/** Says what goes and what stays; it has to be typed, because nobody can take it back. */
async function eraseContact({ id, name, onErased }: Props): Promise<void> {
  const yes = await confirm({
    title: `Erase ${name}?`,
    consequence: (
      <>
        <p>
          Name, every address, what was sent to them and the details of what they did are deleted for good, on the
          server at once and on every device as soon as it reaches the server. Mails that wait for them are not sent.
        </p>
        <p style={{ marginTop: 8 }}>
          Orders, emails and visits stay in the figures as those of nobody known. Backups made before still hold the
          data.
        </p>
      </>
    ),
    action: 'Erase for good',
    danger: true,
    typed: TYPED,
  });
  if (!yes) return;
  try {
    await data.actions.eraseContact(id);
    onErased();
    notifyDone('The contact is erased.');
  } catch (error) {
    notifyError('The contact was not erased', error);
  }
}

/** Out of sight, with a way back for as long as the message is shown. */
async function deleteContact({ id, name, onErased }: Props): Promise<void> {
  try {
    await data.actions.removeContact(id);
    onErased();
    notifyWithUndo(`contact-deleted-${id}`, `${name} is deleted.`, async () => {
      try {
        await data.actions.restoreContact(id);
        notifyDone(`${name} is back.`);
      } catch (error) {
        notifyError('The contact was not restored', error);
      }
    });
  } catch (error) {
    notifyError('The contact was not deleted', error);
  }
}

/** Everything the server knows of the contact, as a file for the person who asks. */
async function downloadEverything({ id, name }: Props): Promise<void> {
  try {
    const everything = await data.actions.contactEverything(id);
    const file = new Blob([JSON.stringify(everything, null, 2)], { type: 'application/json' });
    await saveFile(`contact-${id}.json`, file);
    notifyDone(`Everything about ${name} is in the file.`);
  } catch (error) {
    notifyError('The file was not written', error);
  }
}

/** What can be done with one contact as a whole. */
export function ContactActions(props: Props) {
  const online = useOnline();
  const mayErase = useCan('administer');
  const mayDelete = useCan('editContacts');
  const maySee = useCan('readPersonal');
  if (!mayDelete && !maySee) return null;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label="More actions">
          <IconDots size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {maySee ? (
          <Menu.Item
            leftSection={<IconFileDownload size={16} stroke={1.5} />}
            disabled={!online}
            onClick={() => void downloadEverything(props)}
          >
            {online ? 'Download everything about them' : 'Download everything (needs the server)'}
          </Menu.Item>
        ) : null}
        {mayDelete ? (
          <Menu.Item
            leftSection={<IconTrash size={16} stroke={1.5} />}
            disabled={!online}
            onClick={() => void deleteContact(props)}
          >
            {online ? 'Delete this contact' : 'Delete this contact (needs the server)'}
          </Menu.Item>
        ) : null}
        {mayErase ? (
          <Menu.Item
            color="red"
            leftSection={<IconEraser size={16} stroke={1.5} />}
            disabled={!online}
            onClick={() => void eraseContact(props)}
          >
            {online ? 'Erase this contact…' : 'Erase this contact (needs the server)'}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
