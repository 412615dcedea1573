import { z } from 'zod';

/**
 * Body of the one `setting` document with id `opt-in`: whether who signs up by a form is asked by email first. Its words
 * are no message document: the mail always has its link and advertises nothing, and the ledger names its very wording.
 */
export const optInSchema = z.object({
  on: z.boolean(),
  subject: z.string().trim().min(1, 'Give the email a subject').max(200),
  text: z.string().trim().min(1, 'Write what the email says').max(5_000),
});
export type OptIn = z.infer<typeof optInSchema>;
export const OPT_IN_ID = 'opt-in';
/** 1 is the sender's: an app of before does not take this setting for one. */
export const OPT_IN_VERSION = 2;

export const defaultOptIn: OptIn = {
  on: false,
  subject: 'Please confirm your subscription',
  text: 'Thank you for signing up.\n\nPlease confirm that this is your email address and that you want to hear from us.',
};

/** How long a link can be used. */
export const OPT_IN_DAYS = 7;
/** An address is mailed again only after so long, and only so often in a day: forms are filled in by anybody. */
export const OPT_IN_PAUSE_MS = 5 * 60_000;
export const OPT_IN_MAILS_A_DAY = 5;

export type MailCount = { mails: number; firstMailAt: number | null; sentAt: number | null };

/** Whether an address may get another confirmation mail. */
export function mayMailAgain({ mails, firstMailAt, sentAt }: MailCount, now: number): boolean {
  if (sentAt !== null && now - sentAt < OPT_IN_PAUSE_MS) return false;
  return mails < OPT_IN_MAILS_A_DAY || firstMailAt === null || now - firstMailAt >= 86_400_000;
}
