import { data } from '#renderer/data/client.ts';
import { choose } from '#renderer/ui/choose.tsx';
import { confirm } from '#renderer/ui/confirm.tsx';
import { exportWaiting } from './export-waiting.ts';

export type Leaving = {
  /** "Sign out", "Switch to another server". */
  deed: string;
  /** When the changes that stay are sent: "when you sign in here again". */
  later: string;
};

const WITHOUT_SERVER =
  'The server cannot be reached, so it cannot be told now: it counts this device as signed in until it answers again, or until you end the session from another device. Signing in again needs the server.';

/** Nothing of the person's own would be lost; what leaving without the server means is still worth a question. */
function confirmOffline(deed: string): Promise<boolean> {
  return confirm({
    title: `${deed} without the server?`,
    consequence: `${WITHOUT_SERVER} What this device holds of the workspace is deleted.`,
    action: `${deed} anyway`,
  });
}

const ASKED_FOR_MS = 3_000;
const STEP_MS = 200;

/** Where this device stands with the server. Right after a start, or when it just came back, that takes a moment to learn. */
async function statusNow(): ReturnType<typeof data.status> {
  for (let waited = 0; ; waited += STEP_MS) {
    const status = await data.status();
    const away = status.offlineSince !== null && Date.now() - status.offlineSince > ASKED_FOR_MS;
    if (status.online || away || waited >= ASKED_FOR_MS) return status;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** What becomes of what stays: a refused text is sent by nobody, it waits for a decision. */
function keptWords(waiting: number, refused: number, later: string): string {
  const sent = `wait here and are sent ${later}.`;
  if (refused === 0) return `They ${sent}`;
  const stay = 'Refused texts stay on this device, in Review, until you mend or drop them.';
  return waiting === 0 ? stay : `Those that wait ${sent} ${stay}`;
}

/**
 * Before this device leaves its server, which may be away or gone for good: with changes that have not reached it, asks what
 * becomes of them. Answers null when the person stays. Exporting writes the file and asks again: a file alone sends nothing.
 */
export async function askBeforeLeaving({ deed, later }: Leaving): Promise<'keep' | 'discard' | null> {
  for (;;) {
    const { waiting, refused } = await data.status();
    const count = waiting + refused;
    const { online } = await statusNow();
    if (count === 0) return online || (await confirmOffline(deed)) ? 'keep' : null;
    const changes = count === 1 ? '1 change' : `${count} changes`;
    const answer = await choose({
      title: `${deed} with unsent changes?`,
      text: `${changes} of yours ${count === 1 ? 'has' : 'have'} not reached the server.${online ? '' : ` ${WITHOUT_SERVER}`}`,
      choices: [
        {
          value: 'keep',
          label: 'Keep them on this device',
          about: keptWords(waiting, refused, later),
        },
        {
          value: 'export',
          label: 'Export them as a file first',
          about: 'You get a file to read or to hand on; then you are asked again.',
        },
        {
          value: 'discard',
          label: 'Discard them',
          about: 'They and everything else of this workspace on this device are deleted.',
          danger: true,
        },
      ],
    });
    if (answer === null || answer === 'keep') return answer;
    if (answer === 'export') {
      await exportWaiting();
      continue;
    }
    const yes = await confirm({
      title: `Discard ${changes}?`,
      consequence: `${count === 1 ? 'It exists' : 'They exist'} only on this device. This cannot be taken back.`,
      action: `Discard ${changes}`,
      danger: true,
    });
    if (yes) return 'discard';
  }
}
