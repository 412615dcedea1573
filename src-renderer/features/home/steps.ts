import type { Checklist } from '#renderer/data/data-api.ts';

export type Step = { key: keyof Checklist; title: string; text: string; action: { label: string; href: string } };

/** The way from an empty workspace to the first campaign, in the order it is gone. */
export const steps: readonly Step[] = [
  {
    key: 'contactsIn',
    title: 'Bring your contacts in',
    text: 'A shop’s orders or a list of addresses, as CSV.',
    action: { label: 'Import a file', href: '/imports' },
  },
  {
    key: 'senderSet',
    title: 'Say who emails come from',
    text: 'The name and address people will see.',
    action: { label: 'Set the sender', href: '/settings' },
  },
  {
    key: 'mailToMyself',
    title: 'Send a mail to yourself',
    text: 'Write a message and try it in your own mailbox.',
    action: { label: 'Write a message', href: '/messages' },
  },
  {
    key: 'firstSegment',
    title: 'Make the first segment',
    text: 'People who bought, left, or might come back.',
    action: { label: 'Build a segment', href: '/segments' },
  },
  {
    key: 'firstCampaign',
    title: 'Send the first campaign',
    text: 'A message to a segment, checked before anything leaves.',
    action: { label: 'Start a campaign', href: '/campaigns' },
  },
];

/** How far, and what is next; null when everything is done. */
export function progress(checklist: Checklist): { done: number; next: Step | null } {
  return {
    done: steps.filter(({ key }) => checklist[key]).length,
    next: steps.find(({ key }) => !checklist[key]) ?? null,
  };
}
