import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { data } from '#renderer/data/client.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';

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

/** Says what was merged, with a way back for as long as it is shown. The contact's card offers it afterwards too. */
export function offerMergeUndo(mergeId: number, message: string, onUndone: () => void): void {
  const id = `merge-${mergeId}`;
  const undo = async () => {
    notifications.hide(id);
    if (await undoMerge(mergeId)) onUndone();
  };
  notifications.show({
    id,
    autoClose: 15_000,
    message: (
      <>
        {message}{' '}
        <Button variant="default" size="compact-xs" onClick={() => void undo()}>
          Undo
        </Button>
      </>
    ),
  });
}
