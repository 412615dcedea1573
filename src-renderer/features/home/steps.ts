import type { Checklist } from '#renderer/data/data-api.ts';
import type { Right } from '#shared/account/roles.ts';

export type Step = {
  key: keyof Checklist;
  title: string;
  text: string;
  action: { label: string; href: string };
  needs: Right;
};

/** The way from an empty workspace to the first campaign, in the order it is gone. */
export const steps: readonly Step[] = [
  {
    key: 'contactsIn',
    title: 'Bring your contacts in',
    text: 'Look around with a made-up shop first, or bring your own orders or addresses as CSV.',
    action: { label: 'Import a file', href: '/imports' },
    needs: 'import',
  },
  {
    key: 'senderSet',
    title: 'Say who emails come from',
    text: 'The name and address people will see.',
    action: { label: 'Set the sender', href: '/settings' },
    needs: 'edit',
  },
  {
    key: 'mailToMyself',
    title: 'Send a mail to yourself',
    text: 'Write a message and try it in your own mailbox.',
    action: { label: 'Write a message', href: '/messages' },
    needs: 'send',
  },
  {
    key: 'firstSegment',
    title: 'Make the first segment',
    text: 'People who bought, left, or might come back.',
    action: { label: 'Build a segment', href: '/segments' },
    needs: 'edit',
  },
  {
    key: 'firstCampaign',
    title: 'Send the first campaign',
    text: 'A message to a segment, checked before anything leaves.',
    action: { label: 'Start a campaign', href: '/campaigns' },
    needs: 'send',
  },
];

/** How far, and what is next; null when everything is done. */
export function progress(checklist: Checklist): { done: number; next: Step | null } {
  return {
    done: steps.filter(({ key }) => checklist[key]).length,
    next: steps.find(({ key }) => !checklist[key]) ?? null,
  };
}
