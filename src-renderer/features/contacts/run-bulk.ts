import { data } from '#renderer/data/client.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { notifyWithUndo } from '#renderer/ui/notify-with-undo.tsx';
import type { BulkAction, BulkTarget } from '#shared/contact/bulk.schema.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { watchJob } from './bulk-jobs-store.ts';
import { type BulkNames, consequence, deedWords } from './bulk-words.ts';

type Asked = { target: BulkTarget; action: BulkAction; names: BulkNames; format: Format };

/** Has the server count whom it means, asks, and starts it. Answers whether it was started. */
export async function runBulk({ target, action, names, format }: Asked): Promise<boolean> {
  try {
    const job = await data.actions.prepareBulk({ target, action });
    const words = deedWords(action, names);
    const people = format.counted(job.total, 'contact');
    const isDeletion = action.type === 'delete';
    const yes = await confirm({
      title: isDeletion ? `Delete ${people}?` : `${words}: ${people}`,
      consequence: consequence(action),
      action: isDeletion ? `Delete ${people}` : `Change ${people}`,
      danger: isDeletion || (action.type === 'subscription' && !action.subscribed),
    });
    if (!yes) {
      await data.actions.cancelBulk(job.id);
      return false;
    }
    watchJob(await data.actions.startBulk(job.id));
    return true;
  } catch (error) {
    notifyError('The contacts were not changed', error);
    return false;
  }
}

type LocalEdit = { ids: readonly number[]; field: AnyField; to: string | null; format: Format };

/** Without the server: each contact is edited here, and the edits travel later as if they had been made one by one. */
export async function editHere({ ids, field, to, format }: LocalEdit): Promise<boolean> {
  let changed: { id: number; before: string | null }[];
  try {
    changed = await data.editContacts(ids, field, to);
  } catch (error) {
    notifyError('The contacts were not changed', error);
    return false;
  }
  if (changed.length === 0) {
    notifyDone('All of them say so already.');
    return true;
  }
  const people = format.counted(changed.length, 'contact');
  notifyWithUndo('bulk-edit', `${people} changed here; the server hears of it later.`, async () => {
    try {
      for (const { id, before } of changed) await data.editContact(id, field, before);
      notifyDone('Everything is as it was.');
    } catch (error) {
      notifyError('Not everything was undone', error);
    }
  });
  return true;
}
