import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Says what was done, with a way back for as long as it is shown. `id` keeps two messages about one thing from standing side by side. */
export function notifyWithUndo(id: string, message: string, undo: () => Promise<void>): void {
  const run = () => {
    notifications.hide(id);
    void undo();
  };
  notifications.show({
    id,
    autoClose: 15_000,
    message: (
      <>
        {message}{' '}
        <Button variant="default" size="compact-xs" onClick={run}>
          Undo
        </Button>
      </>
    ),
  });
}
