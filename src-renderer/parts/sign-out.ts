import { data } from '#renderer/data/client.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { askBeforeLeaving, type Leaving } from './leave.ts';

/** Ends the session after it was settled what becomes of changes that have not reached the server. */
async function leave(leaving: Leaving): Promise<void> {
  try {
    const waiting = await askBeforeLeaving(leaving);
    if (waiting === null) return;
    await data.actions.signOut(waiting);
  } catch (error) {
    notifyError('You are still signed in', error);
  }
}

export const signOut = (): Promise<void> => leave({ deed: 'Sign out', later: 'when you sign in here again' });

/** To the screen where another server is chosen; the store of this one stays apart from the next one's. */
export const switchServer = (): Promise<void> =>
  leave({ deed: 'Switch to another server', later: 'when you come back to this server and sign in' });
