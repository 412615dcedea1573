import { data } from '#renderer/data/client.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyError } from '#renderer/ui/notify.ts';

/** Ends the session; says first what has not reached the server. */
export async function signOut(): Promise<void> {
  try {
    const { waiting } = await data.status();
    if (waiting > 0) {
      const yes = await confirm({
        title: 'Sign out?',
        consequence: `${waiting} ${waiting === 1 ? 'change of yours has' : 'changes of yours have'} not reached the server yet. They wait on this device until you sign in here again.`,
        action: 'Sign out',
        danger: true,
      });
      if (!yes) return;
    }
    await data.actions.signOut('keep');
  } catch (error) {
    notifyError('You are still signed in', error);
  }
}
