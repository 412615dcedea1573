import { data } from '#renderer/data/client.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { notifyWithUndo } from '#renderer/ui/notify-with-undo.tsx';

/** Takes a merge back and says so. */
export async function undoMerge(mergeId: number): Promise<boolean> {
  try {
    await data.actions.undoMerge(mergeId);
    notifyDone('The merge is undone: both contacts are as they were.');
    return true;
  } catch (error) {
    notifyError('The merge was not undone', error);
    return false;
  }
}

/** Says what was merged, with a way back. The contact's card offers it afterwards too. */
export function offerMergeUndo(mergeId: number, message: string, onUndone: () => void): void {
  notifyWithUndo(`merge-${mergeId}`, message, async () => {
    if (await undoMerge(mergeId)) onUndone();
  });
}
