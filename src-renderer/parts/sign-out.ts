import { data } from '#renderer/data/client.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { askBeforeLeaving } from './leave.ts';

/** Ends the session; asks first what becomes of changes that have not reached the server. */
export async function signOut(): Promise<void> {
  try {
    const waiting = await askBeforeLeaving({ deed: 'Sign out', later: 'when you sign in here again' });
    if (waiting === null) return;
    await data.actions.signOut(waiting);
  } catch (error) {
    notifyError('You are still signed in', error);
  }
}
