import { data } from '#renderer/data/client.ts';
import { saveFile } from '#renderer/platform/save-file.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';

/** Gives everything that waits or was refused to the person, as a file to keep and read. True when it was written. */
export async function exportWaiting(): Promise<boolean> {
  try {
    const { name, text } = await data.exportWaiting();
    await saveFile(name, new Blob([text], { type: 'application/json' }));
    notifyDone(`Your waiting changes are in ${name}.`);
    return true;
  } catch (error) {
    notifyError('The waiting changes were not exported', error);
    return false;
  }
}
